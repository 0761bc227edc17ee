# One private PostgreSQL server, over TCP on loopback only (no socket file, hence no limit on the length of its path).
# PostgreSQL refuses to run as root: for root, it runs as the user `postgres` that the Debian package makes.

postgres_user=postgres

postgres_programs() {
  local initdb
  initdb=$({ compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb || true; } | sort -V | tail -n 1)
  echo "${initdb%/initdb}"
}

as_postgres() {
  if ((EUID == 0)); then
    (cd / && exec runuser -u "$postgres_user" -- "$@")
  else
    "$@"
  fi
}

# Below the instance's home when the server's user can get there, else (a clone in /root) below that user's own; the answer
# is recorded, so that a later change of permissions does not hide a database.
postgres_home() {
  local record="$home/postgres.path"
  [[ -s $record ]] || postgres_choose_home >"$record"
  cat "$record"
}

postgres_choose_home() {
  if as_postgres test -x "$home"; then
    echo "$home/postgres"
  else
    echo "$(getent passwd "$postgres_user" | cut -d: -f6)/rollcall-$(printf %s "$home" | cksum | cut -d' ' -f1)"
  fi
}

postgres_url() {
  echo "postgres://rollcall:$(password)@127.0.0.1:$(<"$home/postgres.port")/rollcall"
}

# Whether the process that the server's own file names is that server, not another program with its number after a crash.
postgres_alive() {
  local data pid
  [[ -s $home/postgres.path ]] || return 1
  data="$(<"$home/postgres.path")/data"
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) && [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$data" ]]
}

postgres_ready() {
  [[ -s $home/postgres.port ]] && postgres_alive || return 1
  "$(postgres_programs)/pg_isready" -q -h 127.0.0.1 -p "$(<"$home/postgres.port")"
}

postgres_init() {
  local where=$1
  mkdir -p "$where"
  install -m 600 "$home/password" "$where/password"
  if ((EUID == 0)); then chown "$postgres_user" "$where" "$where/password"; fi
  as_postgres "$(postgres_programs)/initdb" --pgdata="$where/data" --username=rollcall --pwfile="$where/password" \
    --auth=password --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions >/dev/null 9>&-
  rm -f "$where/password"
  # Single-user mode, so that the database is there before the first client can connect.
  echo 'CREATE DATABASE rollcall' |
    as_postgres "$(postgres_programs)/postgres" --single -F -D "$where/data" postgres >/dev/null 2>&1 9>&-
}

postgres_settings() {
  local port=$1 settings="-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
  settings+=" -c log_min_duration_statement=1000 -c timezone=UTC"
  if [[ $throwaway == yes ]]; then
    settings+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=2GB"
  fi
  echo "$settings"
}

postgres_start() {
  postgres_ready && return
  local where port
  where=$(postgres_home)
  # Without fsync a crash may leave anything behind, so a throwaway database that was not stopped begins anew.
  if [[ $throwaway == yes && -e $where/data/postmaster.pid ]]; then postgres_erase; fi
  postgres_alive || rm -f "$where/data/postmaster.pid"
  if [[ ! -s $where/data/PG_VERSION ]]; then
    postgres_erase
    postgres_init "$where"
  fi
  port=$(recorded_port "$home/postgres.port")
  as_postgres "$(postgres_programs)/pg_ctl" start --silent --wait --timeout=60 --pgdata="$where/data" \
    --log="$where/server.log" --options="$(postgres_settings "$port")" 9>&- ||
    give_up "PostgreSQL of $instance did not start" "$where/server.log"
}

postgres_stop() {
  local where
  [[ -s $home/postgres.path ]] || return 0
  where=$(<"$home/postgres.path")
  postgres_alive || return 0
  as_postgres "$(postgres_programs)/pg_ctl" stop --silent --wait --timeout=30 --mode=fast --pgdata="$where/data" 9>&- 2>/dev/null ||
    as_postgres "$(postgres_programs)/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$where/data" 9>&- 2>/dev/null || true
}

postgres_erase() { [[ ! -s $home/postgres.path ]] || rm -rf "$(<"$home/postgres.path")"; }
