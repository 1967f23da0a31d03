package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"sanse/cmd/sanse/internal/loopback"
	"sanse/cmd/sanse/internal/streetapi"
)

type streetsServeCmd struct {
	streetsFlags
	Threads int    `help:"Processors that one table may use (0: all)." placeholder:"N"`
	Addr    string `help:"Address to serve on; only this machine is let in." default:"127.0.0.1:5000"`
}

func (*streetsServeCmd) Help() string {
	return `Answers in the shape of OSRM v1 (/route/v1, /table/v1, /nearest/v1) and of openrouteservice
(/isochrones), so that their clients work as they are. The profile is a part of the path; those
that the graph is built for answer at once, others are searched without preparation. It binds to
loopback only, and ends with Ctrl-C after what is under way is done.

  sanse streets serve --graph city.graph
  curl 'http://127.0.0.1:5000/route/v1/foot/104.06,30.67;104.07,30.66?steps=true'`
}

func (cmd *streetsServeCmd) Run(ctx context.Context, s streams) error {
	listener, err := listen(ctx, cmd.Addr, false)
	if err != nil {
		return err
	}
	defer listener.Close()
	return cmd.withStreets(ctx, s, func(st *streets) error {
		defer debug.SetGCPercent(debug.SetGCPercent(serveGarbage))
		debug.FreeOSMemory() // what reading the streets has left behind
		log := slog.New(slog.NewTextHandler(s.err, nil))
		server := streetapi.Server(cmd.Addr, thisMachineOnly(streetapi.New(st.net, streetapi.Options{
			Profiles: st.profiles(), Threads: threadsOf(cmd.Threads), Log: log,
		})))
		server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
		var built []string
		for _, p := range st.net.Profiles() {
			built = append(built, p.Name)
			st.tellTable(p.Name)
		}
		fmt.Fprintf(s.out, "sanse: http://%s/ serves %s (%s) — stop with Ctrl-C\n", listener.Addr(), st.name, strings.Join(built, ", "))
		return serveUntil(ctx, server, listener)
	})
}

// serveGarbage is how much garbage may lie about, in per cent of what is in use.
// Half of the usual: the tables that are being sent are most of it, and a server
// shares its machine.
const serveGarbage = 50

// thisMachineOnly refuses requests that name another host: a page elsewhere may
// have led a browser here under a name of its own.
func thisMachineOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback.Names(r.Host) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusMisdirectedRequest)
			// Who has gone in the meantime needs no answer.
			_, _ = io.WriteString(w, `{"code":"InvalidUrl","message":"this server answers to localhost only"}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}
