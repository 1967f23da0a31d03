// Package cluster runs a private PostgreSQL from the installed one, so that a
// newcomer needs no database server and a test needs no set-up.
//
// A cluster lives in a folder of its own and listens on a Unix socket that no
// other user can reach; the network is off. Open makes it on the first call,
// starts it, or joins the process that already runs it. Whoever started the
// server stops it, and it ends with the process that started it, however that
// ends. As root the server runs as the user postgres, as PostgreSQL demands.
//
// It leaves the schema and every record to package data.
package cluster
