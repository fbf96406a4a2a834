"""Public tables as data sets whose groups are tasks: credit, ratings, splice sites in two forms.

    python -m benchmarks.people_tables SOURCE data/tables

SOURCE has german.data (UCI 144), rating_final.csv, chefmozcuisine.csv, usercuisine.csv (UCI 232)
and splice.arff (UCI 69), anywhere below it; what is not there is left out. Nothing but the form is
changed: names of columns, the gene in the name of a sequence, whether a place serves what a person
says to like.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

CREDIT = (
    "account months history purpose amount savings employed rate status debtors since property age "
    "plans housing credits job liable telephone foreign risk"
)
WINDOW = slice(20, 40)  # of 60 nucleotides; the junction is in the middle


def credit(source: Path) -> pd.DataFrame:
    """1000 loans; the purpose is the group, good (1) or bad (2) risk the label."""
    return pd.read_csv(source, sep="\t", names=CREDIT.split())


def ratings(source: Path) -> pd.DataFrame:
    """1161 ratings; the person is the group, whether the best mark was given the label."""
    rated = pd.read_csv(source)
    serves = pd.read_csv(source.with_name("chefmozcuisine.csv"))
    likes = pd.read_csv(source.with_name("usercuisine.csv"))
    first = serves.groupby("placeID")["Rcuisine"].first()
    matches = serves.merge(likes, on="Rcuisine")[["userID", "placeID"]].drop_duplicates()
    known = rated.merge(matches.assign(wanted="yes"), how="left", on=["userID", "placeID"])
    return pd.DataFrame(
        {
            "person": known["userID"],
            "place": known["placeID"],
            "cuisine": known["placeID"].map(first),
            "wanted": known["wanted"].fillna("no"),
            "liked": known["rating"].map({0: "no", 1: "no", 2: "yes"}),
        }
    )


def splice(source: Path) -> pd.DataFrame:
    """1535 junctions; the gene's entry is the group, donor (EI) or acceptor (IE) the label."""
    lines = source.read_text().split("@data")[-1].split("@DATA")[-1].splitlines()
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line.count(",") > 60]
    table = pd.DataFrame(rows)
    kind = next(place for place in (table.columns[-1], 0) if set(table[place]) <= {"N", "EI", "IE"})
    name = next(place for place in table.columns if table[place].str.contains("-NEG-").any())
    sites = table.drop(columns=[kind, name])
    named = {f"n{place - 29:+d}": sites.iloc[:, place] for place in range(60)[WINDOW]}
    gene = table[name].str.split("-").str[0]
    made = pd.DataFrame({"gene": gene, "site": table[kind], **named})
    return made[made["site"] != "N"]


def splice_kmers(source: Path) -> pd.DataFrame:
    """The same junctions: how often each word of three nucleotides stands before and behind one.

    Words with a letter other than A, C, G and T are not counted.
    """
    made = splice(source)
    sites = made.filter(regex=r"^n[+-]").to_numpy().astype(str)
    middle, words = sites.shape[1] // 2, ["".join(word) for word in product("ACGT", repeat=3)]
    counted = {
        f"{side}_{word}": [_count(row, word) for row in part]
        for side, part in (("before", sites[:, :middle]), ("behind", sites[:, middle:]))
        for word in words
    }
    counts = pd.DataFrame(counted, index=made.index)
    return pd.concat([made[["gene", "site"]], counts], axis=1)


def _count(letters: np.ndarray, word: str) -> int:
    """How often ``word`` stands in the letters; it may overlap itself."""
    text = "".join(letters)
    return sum(text.startswith(word, place) for place in range(len(text)))


MAKE = {  # the table, its file, how it is made
    "credit": ("german.data", credit),
    "ratings": ("rating_final.csv", ratings),
    "splice": ("splice.arff", splice),
    "splice_kmers": ("splice.arff", splice_kmers),
}


def main(source: Path, target: Path) -> None:
    """Write the tables whose files are below ``source``."""
    for name, (file, make) in MAKE.items():
        for found in sorted(source.rglob(file))[:1]:
            table = make(found)
            table.to_csv(target / f"{name}.csv", index=False)
            sys.stdout.write(f"{name}.csv: {len(table)} rows, {len(table.columns)} columns\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
