"""Three public tables as data sets whose groups are tasks: credit, ratings, splice sites.

    python -m benchmarks.people_tables SOURCE data/tables

SOURCE has german.data (UCI 144), rating_final.csv, chefmozcuisine.csv, usercuisine.csv (UCI 232)
and splice.arff (UCI 69), anywhere below it; what is not there is left out. Nothing but the form is
changed: names of columns, the gene in the name of a sequence, whether a place serves what a person
says to like.
"""

import sys
from pathlib import Path

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


MAKE = {"german.data": credit, "rating_final.csv": ratings, "splice.arff": splice}
NAMES = {"german.data": "credit", "rating_final.csv": "ratings", "splice.arff": "splice"}


def main(source: Path, target: Path) -> None:
    """Write the tables whose files are below ``source``."""
    for file, make in MAKE.items():
        for found in sorted(source.rglob(file))[:1]:
            table = make(found)
            table.to_csv(target / f"{NAMES[file]}.csv", index=False)
            sys.stdout.write(
                f"{NAMES[file]}.csv: {len(table)} rows, {len(table.columns)} columns\n"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
