"""LiveKit's client for browsers in a real Chromium as the other side: hums 700 Hz and reports what it hears, as
peer.py does.

Arguments: URL, token, the browser, the client's script. Every line it prints is a JSON object.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from playwright.sync_api import sync_playwright

url, token, browser_path, client = sys.argv[1:]


class Page(BaseHTTPRequestHandler):
    """An empty page. It comes from a real server of this machine: from anywhere else, also from a route that the
    test makes up, Chromium lets no page speak with a local address."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><body></body>")

    def log_message(self, *_):
        """Says nothing: what is printed here is read by the test."""


PEER = """
async ([url, token]) => {
  const context = new AudioContext({ sampleRate: 48000 });
  const { Room, RoomEvent, Track } = LivekitClient;
  const room = new Room();

  function listen(track) {
    // Without an element that plays it Chromium gives no sound to the context.
    const element = track.attach();
    document.body.append(element);
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const spectrum = new Float32Array(analyser.frequencyBinCount);
    let [onset, heard] = [null, false];
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = 32768 * Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      if (onset === null && level > 700) {
        onset = performance.now();
        report({ onset: true });
      } else if (onset !== null && level < 50) {
        [onset, heard] = [null, false];
        report({ silence: true });
      } else if (onset !== null && !heard && performance.now() - onset > 400) {
        heard = true;
        analyser.getFloatFrequencyData(spectrum);
        const bin = spectrum.indexOf(Math.max(...spectrum));
        report({ heard_hz: (bin * context.sampleRate) / analyser.fftSize, level });
      }
    }, 20);
  }

  room.on(RoomEvent.TrackSubscribed, (track) => track.kind === "audio" && listen(track));
  await room.connect(url, token);
  const hum = new MediaStreamAudioDestinationNode(context);
  const tone = new OscillatorNode(context, { frequency: 700 });
  tone.connect(new GainNode(context, { gain: 0.25 })).connect(hum);
  tone.start();
  await room.localParticipant.publishTrack(hum.stream.getAudioTracks()[0], { source: Track.Source.Microphone });
  report({ ready: true });
}
"""

server = HTTPServer(("127.0.0.1", 0), Page)
Thread(target=server.serve_forever, daemon=True).start()

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=browser_path,
        args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    )
    page = browser.new_page()
    page.on("pageerror", lambda error: print(str(error), file=sys.stderr, flush=True))
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.expose_function("report", lambda facts: print(json.dumps(facts), flush=True))
    page.add_script_tag(path=client)
    page.evaluate(PEER, [url, token])
    page.wait_for_timeout(3_600_000)
