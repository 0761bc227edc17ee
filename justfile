set positional-arguments

# list the recipes
default:
    @just --list --unsorted

# set everything up and show the main job; `just demo --once` ends after it
demo *arguments:
    ./demo "$@"

# run every test against private servers; arguments go to cargo test
test *arguments:
    ./test "$@"

# strike running work with every fault, 1,500 jobs under way, count each effect, and walk the state machine for long: about fifteen minutes
faults:
    PROPTEST_CASES=2000 ./test -p queue --lib steps
    ulimit -n "$(ulimit -Hn)" && FAULTS=long ./test -p e2e --test it faults:: -- --nocapture

# check formatting, lints, licences, dependencies and spelling
lint:
    scripts/lint

# what CI runs: lint and test
ci:
    .ci/run

# format the code
fmt:
    cargo fmt

# write openapi.json anew from the routes
openapi:
    UPDATE_OPENAPI=1 cargo test -q -p api --test it description

# start private PostgreSQL and Redis servers for development
services:
    scripts/services start dev

# stop them
stop:
    scripts/services stop dev

# bring the development database to the newest schema
migrate: services
    scripts/with-services cargo run -q -p migration -- up

# fill in what the system cannot do without: roles, administrator, shifts, settings
seed: migrate
    scripts/with-services cargo run -q -p migration -- seed

# fill an empty development database with a made-up site: `just seed-scale 10` makes a tenth of 10,000 people and 10,000,000 detections
seed-scale *percent: migrate
    scripts/with-services cargo run -q -p migration -- seed --scale "$@"

# run the API
api: services
    scripts/with-services cargo run -p api

# run a worker
worker: services
    scripts/with-services cargo run -p worker

# run the scheduler
scheduler: services
    scripts/with-services cargo run -p scheduler

# run the face recogniser
provider:
    ROLLCALL_MODEL_DIR="$(scripts/fetch-models)" cargo run -p provider

# run the S3 server for development
objects:
    S3_ACCESS_KEY="${S3_ACCESS_KEY:-rollcall}" S3_SECRET_KEY="${S3_SECRET_KEY:-rollcall-development-only}" cargo run -p objects

# make a day's attendance anew from its detections, and tell what changed; `just recompute 2025-11-03 EMP-001` for one person
recompute day *employee: services
    scripts/with-services cargo run -q -p worker --bin rollcall-recompute -- "$@"

# measure the running system, built for release, and print the figures; `just bench frames pipeline` for parts of it
bench *parts:
    ./demo --bench "$@"

# measure the queue alone, and apalis-redis beside it in the same run
bench-queue *arguments:
    cargo run --release --manifest-path queue/bench/Cargo.toml -- "$@"
