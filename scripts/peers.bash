# For scripts/compare-hosts and scripts/compare-restarts: the servers that the engine is held against. Sourced, not
# run, in the project's folder.
#
#   install_peers    Apache with mod_wsgi from Debian; the others in build/peers, with the versions and hashes of
#                    scripts/requirements/peers.txt. Does nothing where they are there.

install_peers() {
  scripts/setup --peers
  if [[ ! -e build/peers/locked || scripts/requirements/peers.txt -nt build/peers/locked ]]; then
    python3 -m venv build/peers
    build/peers/bin/pip install --quiet --require-hashes --requirement scripts/requirements/peers.txt
    touch build/peers/locked
  fi
}
