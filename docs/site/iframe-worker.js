// Search in pages that are opened from a folder: browsers start no Worker from file://, so the
// script runs in a hidden frame. In place of the package iframe-worker, which the theme would load
// from the network.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.frame = frame.contentWindow
      this.ready = new Promise(resolve => { frame.onload = resolve })
      window.addEventListener("message", event => {
        if (event.source !== this.frame) return
        this.dispatchEvent(new MessageEvent("message", { data: event.data }))
        if (this.onmessage) this.onmessage(event)
      })
      this.frame.document.open()
      this.frame.document.write(`<body><script>
        postMessage = data => parent.dispatchEvent(
          new MessageEvent("message", { data, source: window }))
        importScripts = (...urls) => urls.reduce((before, url) => before.then(() =>
          new Promise(resolve => {
            const script = document.createElement("script")
            script.src = url
            script.onload = resolve
            document.body.append(script)
          })), Promise.resolve())
      <\/script><script src="${url}"><\/script></body>`)
      this.frame.document.close()
    }
    postMessage(data) {
      this.ready.then(() => this.frame.dispatchEvent(new MessageEvent("message", { data })))
    }
    terminate() { this.frame.frameElement.remove() }
  }
}
