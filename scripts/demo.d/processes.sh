# The demo's processes: each in a session of its own (so that Ctrl-C reaches this script alone, which then stops them in
# order), each with a log. Sourced by scripts/demo.

declare -A process
declare -a started

seconds_since() { LC_ALL=C awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%6.1f s\n", b - a }'; }

# launch NAME COMMAND…
launch() {
  local name=$1
  shift
  setsid "$@" >"$home/logs/$name.log" 2>&1 8>&- </dev/null &
  process[$name]=$!
  started+=("$name")
}

# pids NAME…: "NAME=PID …", for the bench.
pids() {
  local name
  for name in "$@"; do printf '%s=%s ' "$name" "${process[$name]}"; done
}

alive() { kill -0 "${process[$1]}" 2>/dev/null; }

# The status of GET http://127.0.0.1:PORT/PATH is 2xx.
answers() {
  local status
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
  read -r -t 5 _ status _ <&3 || true
  exec 3<&- 3>&-
  [[ ${status:-} == 2* ]]
}

# ready NAME PORT PATH: waits until the process answers, and fails with its log when it does not.
ready() {
  local name=$1 deadline=$((SECONDS + 60))
  until answers "$2" "$3" 2>/dev/null; do
    alive "$name" || complain "$name ended"
    ((SECONDS < deadline)) || complain "$name does not answer on port $2 at $3"
    sleep 0.05
  done
}

complain() {
  echo "demo: $1; the end of $home/logs/${1%% *}.log:" >&2
  tail -n 20 "$home/logs/${1%% *}.log" >&2
  exit 1
}

# Sleeps until one of the processes ends, which none should.
wait_for_an_end() {
  local name
  while wait -n || true; do
    for name in "${started[@]}"; do
      alive "$name" || complain "$name ended"
    done
  done
}

# terminate SECONDS NAME…: asks the named ones to end, waits, kills what is left, children included.
terminate() {
  local name deadline=$((SECONDS + $1))
  shift
  for name in "$@"; do [[ -z ${process[$name]:-} ]] || kill -TERM "${process[$name]}" 2>/dev/null || true; done
  for name in "$@"; do
    [[ -n ${process[$name]:-} ]] || continue
    while alive "$name" && ((SECONDS < deadline)); do sleep 0.05; done
    kill -KILL -- "-${process[$name]}" 2>/dev/null || true
  done
}

# Workers finish their jobs while what they need is still there.
stop_everything() {
  trap 'terminate 0 "${started[@]}"; scripts/services stop demo 8>&-; exit 130' INT TERM
  terminate 35 scheduler worker-1 worker-2 api
  terminate 10 "${started[@]}"
  scripts/services stop demo 8>&-
}
