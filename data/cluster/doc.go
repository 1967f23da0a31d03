// Package cluster runs a private PostgreSQL from the installed one, so that a
// newcomer needs no database server and a test needs no set-up.
//
// A cluster lives in a folder of its own and listens on a Unix socket that no
// other user can reach; the network is off. Open makes it on the first call,
// starts it, or joins the server that runs already. Any number of processes
// share it, and the last one out stops it, whoever started it:
//
//   - Each holds a shared lock on users.lock while it has the cluster open. The
//     system gives the lock back when the process ends, however it ends.
//   - Close of the last one returns when the server is down, so that the folder
//     can be copied. Close of any other returns at once.
//   - For users that were killed there is a watcher, a shell that waits for
//     users.lock to be free and then stops the server. One is enough; Open
//     starts another where it has been killed (watch.lock tells).
//   - Keep starts a server again that was killed; programs that serve call it.
//   - Starts, joins and leaves take turns (cluster.lock). Open waits while the
//     server is being stopped, and starts it again.
//
// The server and the watcher are detached from the process that started them:
// a Ctrl-C does not reach them, and they keep none of its files open. A
// service manager that ends all processes of a service ends them too: the
// clusters of two services had better not be shared.
//
// An ephemeral cluster, made for tests, ends with the process that started it,
// used by others or not, and its folder goes too.
//
// As root the server runs as the user postgres, as PostgreSQL demands. The
// locks need Linux's /proc and the flock of util-linux.
//
// It leaves the schema and every record to package data, whose example opens a
// cluster.
package cluster
