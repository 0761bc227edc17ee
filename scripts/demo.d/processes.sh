# The demo's processes: each in a session of its own (so that Ctrl-C reaches this script alone, which then stops them in
# order), each with a log. Sourced by scripts/demo.

declare -A process command started_at falls
declare -a started

# Seconds before a process that keeps falling is started again: 1, 2, 4 … and never more than this.
longest_rest=30

seconds_since() { LC_ALL=C awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%6.1f s\n", b - a }'; }

# launch NAME COMMAND…
launch() {
  local name=$1
  shift
  command[$name]=${*@Q} falls[$name]=0
  started+=("$name")
  : >"$home/logs/$name.log"
  start_after 0 "$name"
}

# start_after SECONDS NAME: the rest is part of the process's own session, so that ending it ends the rest as well.
start_after() {
  local rest=$1 name=$2
  eval "set -- ${command[$name]}"
  # shellcheck disable=SC2016 # the inner shell's own arguments
  setsid bash -c '((! $0)) || sleep "$0"; exec "$@"' "$rest" "$@" >>"$home/logs/$name.log" 2>&1 8>&- </dev/null &
  process[$name]=$! started_at[$name]=$((SECONDS + rest))
}

# start_again NAME: after a rest that doubles with each fall, until one start has held for a minute.
start_again() {
  local name=$1 status=0 rest=1
  wait "${process[$name]}" || status=$?
  kill -KILL -- "-${process[$name]}" 2>/dev/null || true
  if ((SECONDS - started_at[$name] >= 60)); then falls[$name]=0; fi
  if ((falls[$name] < 5)); then rest=$((1 << falls[$name])); else rest=$longest_rest; fi
  falls[$name]=$((falls[$name] + 1))
  printf 'demo: %s ended (%s), it starts again in %s s\n' "$name" "$(ending "$status")" "$rest" >&2
  start_after "$rest" "$name"
}

# ending STATUS, as the shell gives it: 128 and the signal's number for a process that was killed.
ending() { if (($1 > 128)); then echo "SIG$(kill -l "$1")"; else echo "exit code $1"; fi; }

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

# supervise [PID]: starts what ends again, for ever or until the process PID ends, whose status it returns.
supervise() {
  local name
  while [[ -z ${1:-} ]] || kill -0 "$1" 2>/dev/null; do
    for name in "${started[@]}"; do
      alive "$name" || start_again "$name"
    done
    # The shell's own notices of killed jobs, which come while it waits, would only repeat what is said.
    { sleep 0.3; } 2>/dev/null
  done
  wait "$1"
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
  terminate 2 walk
  terminate 35 scheduler worker-1 worker-2 api
  terminate 10 "${started[@]}"
  scripts/services stop demo 8>&-
}
