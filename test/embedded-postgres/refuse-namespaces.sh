# Runs a command as root in a system that has all users but lets nobody make a user namespace, as many containers do:
# a user namespace with every user mapped, its own limit of namespaces set to none.
( for map in uid_map gid_map; do until echo '0 0 65536' >/proc/$$/$map; do sleep 0.01; done; done ) 2>/dev/null &
exec unshare --user sh -c '
  until [ "$(cat /proc/self/gid_map)" ]; do sleep 0.01; done
  exec sh -c "echo 0 >/proc/sys/user/max_user_namespaces && exec \"\$@\"" sh "$@"' sh "$@"
