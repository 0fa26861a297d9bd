# `just` lists these.
default:
    @just --list

# Two characters talk with a recorded person, from nothing
demo *args:
    cargo run --release -- demo {{args}}

# API, worker and a LiveKit dev server, until Ctrl-C
dev *args:
    cargo run --release -- dev {{args}}

# Everything that must hold
ci:
    .ci/run

test *args:
    cargo test {{args}}

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

fix:
    cargo fmt --all
    cargo clippy --workspace --all-targets --fix --allow-dirty

# Accept changed snapshots, after reading them
snapshots:
    INSTA_UPDATE=always cargo test --test it

# What the release binary links, and its size
binary:
    cargo build --release
    ldd target/release/troupe
    du -h target/release/troupe
