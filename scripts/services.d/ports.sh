# Free TCP ports on loopback: chosen once per server, recorded, and taken again at the next start when still free.

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port below Linux's ephemeral range (32768…), so that no outgoing connection can take it in the meantime.
free_port() {
  local port
  while port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000)); do
    port_in_use "$port" || { echo "$port"; return; }
  done
}

# recorded_port FILE: the port in FILE when nobody else listens there, else a new one, which FILE then holds.
recorded_port() {
  local file=$1
  if [[ ! -s $file ]] || port_in_use "$(<"$file")"; then free_port >"$file"; fi
  cat "$file"
}
