# The demo's settings: secrets that are made once, the usual ports where they are free. Sourced by scripts/demo.

# What cargo builds, and where its programs lie: figures are those of a release build.
choose_build() {
  profile=dev programs="${CARGO_TARGET_DIR:-$root/target}/debug"
  if [[ $mode == --bench ]]; then profile=release programs="${programs%/debug}/release"; fi
}

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

make_secrets() {
  [[ -s $home/env ]] && return
  (
    umask 077
    cat >"$home/env" <<ENV
ADMIN_PASSWORD=$(secret)
SECRET_KEY=$(secret)
ENCRYPTION_KEY=$(secret)
S3_ACCESS_KEY=rollcall-demo
S3_SECRET_KEY=$(secret)
ENV
  )
}

# One that was made before Odoo was part of the demo has no key for it.
make_odoo_key() { grep -q '^ODOO_KEY=' "$home/env" || echo "ODOO_KEY=$(secret)" >>"$home/env"; }

# usual PORT: that port, or a free one when somebody listens there.
usual() { if port_in_use "$1"; then free_port; else echo "$1"; fi; }

choose_ports() {
  api_port=$(usual 8000) provider_port=$(usual 8001) objects_port=$(usual 9000)
  rtsp_port=$(usual 8554) camera_port=$(usual 8555) odoo_port=$(usual 8069)
  worker_1_port=$(free_port) worker_2_port=$(free_port) scheduler_port=$(free_port)
}

# A folder in memory, where the machine has one: on ext4, files that follow others which were just deleted, as one bench follows
# another, cost the S3 server three times as much, and it is no part of what is measured.
bench_storage() { mktemp -d /dev/shm/rollcall-bench.XXXXXX 2>/dev/null || mktemp -d "$home/bench.XXXXXX"; }

read_settings() {
  make_secrets
  make_odoo_key
  choose_ports
  set -a
  # shellcheck source=/dev/null
  source "$home/env"
  DATABASE_URL=$(scripts/services url demo postgres)
  REDIS_URL=$(scripts/services url demo redis)
  S3_ENDPOINT="http://127.0.0.1:$objects_port" S3_PUBLIC_ENDPOINT="http://127.0.0.1:$objects_port"
  S3_REGION=us-east-1 S3_BUCKET=rollcall
  OBJECTS_BIND="127.0.0.1:$objects_port" OBJECTS_ROOT="$home/objects"
  PROVIDER_BIND="127.0.0.1:$provider_port" PROVIDER_DATA_DIR="$home/provider"
  API_BIND="127.0.0.1:$api_port" MEDIA_ROOT="$root/.dev/scenes"
  ROLLCALL_URL="http://127.0.0.1:$api_port" PROVIDER_URL="http://127.0.0.1:$provider_port"
  ODOO_BIND="127.0.0.1:$odoo_port" ODOO_URL="http://127.0.0.1:$odoo_port" ODOO_FILE="$home/odoo.json"
  DEMO_RTSP_URL="rtsp://127.0.0.1:$rtsp_port" DEMO_CAMERA_URL="http://127.0.0.1:$camera_port"
  DEMO_MANIFEST="$root/.dev/scenes/manifest.json" DEMO_DOWNLOADS="$home/downloads"
  # The bench asks faster than any user may.
  if [[ $mode == --bench ]]; then RATE_LIMIT_PER_MINUTE=0 OBJECTS_ROOT=$(bench_storage); fi
  set +a
}

print_urls() {
  cat <<URLS

  API documentation   $ROLLCALL_URL/docs      (openapi.json beside it)
  sign in as          admin@rollcall.local    $ADMIN_PASSWORD
  WebSocket           ws://127.0.0.1:$api_port/ws
  metrics             $ROLLCALL_URL/metrics
  cameras             $DEMO_RTSP_URL/entrance, /lobby, /corridor   ($DEMO_CAMERA_URL/entrance.jpg, .mjpg)
  provider            $PROVIDER_URL/health
  Odoo (a stand-in)   $ODOO_URL/json/version
  logs                $home/logs

Ctrl-C stops everything.
URLS
}
