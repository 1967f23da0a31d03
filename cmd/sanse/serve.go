package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/loopback"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
)

type serveCmd struct {
	Addr string `help:"Address to serve on; only this machine is let in." default:"127.0.0.1:8080"`
	As   string `help:"Who looks at the pages: the code of the area that they answer for, or public (default: the whole district)." placeholder:"CODE|public"`
}

func (*serveCmd) Help() string {
	return `Serves the map (/), the map of coverage (/coverage), what is lacking (/shortfall, its standards and /needs),
a visitor's day (/day), the board (/board) and the grids (/grids), and the HTTP API under /v1/ (OpenAPI 3.1 at /v1/openapi.json). There are no accounts yet, so it binds to
loopback only, and --as says who looks: those who answer for an area see its people and true numbers,
all others see small numbers hidden (docs/small-numbers.md). A request can ask for less with ?as=.`
}

func (cmd *serveCmd) Run(ctx context.Context, c *cli, s streams) error {
	listener, err := listen(ctx, cmd.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		viewer, err := a.Service.ParseViewer(ctx, d, cmd.As)
		if err != nil {
			return err
		}
		return serve(ctx, a, d.Code, viewer, listener, s)
	})
}

// listen takes the address before any work is done for it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &service.Error{Code: service.CodeOutside, Message: "cannot serve on " + addr + " (is another program there? choose one with --addr)", Err: err}
	}
	return listener, nil
}

// checkLoopback refuses an address that another machine could reach.
func checkLoopback(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return badInput(err, "--addr %q: want an address like 127.0.0.1:8080", addr)
	}
	if !loopback.Names(addr) {
		return badInput(nil, "--addr %s is not this machine's loopback: there are no accounts yet, so nobody else is let in", addr)
	}
	return nil
}

// Times after which a connection that does nothing is given up.
const (
	readTimeout     = 10 * time.Second
	writeTimeout    = 2 * time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// serve gives the pages and the API of a district until the context ends.
func serve(ctx context.Context, a *app.App, district string, viewer service.Viewer, listener net.Listener, s streams) error {
	pages, err := web.Handler()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(s.err, nil))
	server := &http.Server{
		Handler:           api.New(a.Service, district, viewer, pages, log),
		ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if err := a.Service.WarmTiles(ctx, district); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "sanse: http://%s/  (map) · /board · /day · /grids — stop with Ctrl-C\n", listener.Addr())
	return serveUntil(ctx, server, listener)
}

// serveUntil answers until the context ends, then lets what is under way finish.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
