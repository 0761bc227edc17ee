# One private Redis server on loopback that keeps every accepted write (append-only file, flushed each second) and never
# evicts a key: a queue must not lose jobs to memory pressure.

redis_cli() { REDISCLI_AUTH=$(password) redis-cli --no-auth-warning -h 127.0.0.1 -p "$(<"$home/redis.port")" "$@"; }

redis_url() { echo "redis://default:$(password)@127.0.0.1:$(<"$home/redis.port")/0"; }

redis_ready() {
  [[ -s $home/redis.port && -s $home/password ]] && [[ $(redis_cli ping 2>/dev/null) == PONG ]]
}

redis_configure() {
  local port=$1
  (
    umask 077
    cat >"$home/redis/redis.conf" <<CONF
bind 127.0.0.1
port $port
requirepass $(password)
dir "$home/redis"
daemonize yes
pidfile "$home/redis/redis.pid"
logfile "$home/redis/server.log"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
CONF
  )
}

redis_start() {
  redis_ready && return
  mkdir -p "$home/redis"
  redis_configure "$(recorded_port "$home/redis.port")"
  redis-server "$home/redis/redis.conf" 9>&-
  local try
  for try in {1..200}; do
    redis_ready && return
    sleep 0.05
  done
  give_up "Redis of $instance did not start within $((try / 20)) s" "$home/redis/server.log"
}

redis_stop() {
  redis_ready || return 0
  redis_cli shutdown >/dev/null 2>&1 9>&- || true
  local try
  for try in {1..200}; do
    port_in_use "$(<"$home/redis.port")" || return 0
    sleep 0.05
  done
  give_up "Redis of $instance did not stop within $((try / 20)) s" "$home/redis/server.log"
}
