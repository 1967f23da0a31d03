package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/loopback"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
)

type serveCmd struct {
	Addr        string   `help:"Address to serve on. One that other machines can reach needs a certificate or a proxy." default:"127.0.0.1:8080"`
	TLSCert     string   `name:"tls-cert" help:"Certificate to serve HTTPS with (PEM, with those between it and the root); read anew when it changes." type:"existingfile" placeholder:"FILE" and:"tls"`
	TLSKey      string   `name:"tls-key" help:"Its private key (PEM)." type:"existingfile" placeholder:"FILE" and:"tls"`
	BehindProxy []string `help:"Networks of the proxies that browsers reach this server through, by HTTPS: they are believed whom they ask for." placeholder:"CIDR"`
	Host        []string `help:"Name that browsers reach this server by (default: any with HTTPS, this machine's own without)." placeholder:"NAME"`
	OIDC        string   `name:"oidc" help:"Other houses that sign people in (docs/accounts.md)." type:"existingfile" placeholder:"FILE"`
	Public      bool     `help:"Tell who is not signed in what everybody may be told, instead of turning them away."`
	NoLife      bool     `help:"Leave what is due of the life of data to 'sanse life run', which a timer is to run every day: this server then keeps no way into the database as its owner."`
	As          string   `help:"No sign-in: everybody looks as the planner of the area of that code does, or as the public. For made-up districts on this machine only." placeholder:"CODE|public"`
}

func (*serveCmd) Help() string {
	return `Serves the map (/), the map of coverage (/coverage), what is lacking (/shortfall, its standards and /needs),
a visitor's day (/day), the board (/board) and the grids (/grids), and the HTTP API under /v1/ (OpenAPI 3.1 at /v1/openapi.json).

People sign in (docs/accounts.md). The first start makes an administrator, admin, with a secret for one
time: it is shown on the terminal and kept in the home folder. A district whose people are made up, served
on this machine, lets anybody in as one of them with a click.

  sanse serve                                            this machine only
  sanse serve --addr :443 --tls-cert chain.pem --tls-key key.pem
  sanse serve --addr 10.0.0.5:8080 --behind-proxy 10.0.0.1/32
  sanse serve --oidc oidc.json                           another house signs people in`
}

func (cmd *serveCmd) Run(ctx context.Context, c *cli, s streams) error {
	set, err := cmd.settings()
	if err != nil {
		return err
	}
	listener, err := listen(ctx, cmd.Addr, set.secure)
	if err != nil {
		return err
	}
	defer listener.Close()
	if set.home, err = c.homeFolder(); err != nil {
		return err
	}
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error { return serve(ctx, a, d, set, listener, s) })
}

// listen takes the address before any work is done for it.
func listen(ctx context.Context, addr string, secure bool) (net.Listener, error) {
	if err := checkAddr(addr, secure); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &service.Error{Code: service.CodeOutside, Message: "cannot serve on " + addr + " (is another program there? choose one with --addr)", Err: err}
	}
	return listener, nil
}

// checkAddr refuses an address that another machine could reach where passwords
// would travel there in the clear.
func checkAddr(addr string, secure bool) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return badInput(err, "--addr %q: want an address like 127.0.0.1:8080", addr)
	}
	if !secure && !loopback.Names(addr) {
		return badInput(nil, "--addr %s is not this machine's loopback: others are let in with --tls-cert and --tls-key, or --behind-proxy", addr)
	}
	return nil
}

// Times after which a connection that does nothing is given up.
const (
	readTimeout     = 10 * time.Second
	writeTimeout    = 2 * time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
	maxHeaderBytes  = 32 << 10
)

// newServer holds whoever asks to these.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serve gives the pages and the API of a district until the context ends.
func serve(ctx context.Context, a *app.App, d data.District, set serveSettings, listener net.Listener, s streams) (err error) {
	pages, err := web.Handler()
	if err != nil {
		return err
	}
	if err := a.Serve(ctx); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(s.err, nil))
	access, stop, err := openAccess(ctx, a, d, set, log)
	if err != nil {
		return err
	}
	defer stop()
	server := newServer(api.New(a.Service, d.Code, access, pages, log), log)
	server.RegisterOnShutdown(a.Service.EndLive)
	scheme := "http"
	if set.certFile != "" {
		if listener, err = secured(listener, set.certFile, set.keyFile, log, time.Now); err != nil {
			return err
		}
		scheme = "https"
	}
	if door, ok := access.(*api.Door); ok {
		if err := firstStart(ctx, door.Entry, d, set.home, s); err != nil {
			return err
		}
	}
	if err := a.Service.WarmTiles(ctx, d.Code); err != nil {
		return err
	}
	a.Service.KeepRelease(d.Code)
	a.Service.KeepWarm(d.Code)
	chaining, end := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Service.ChainAudit(chaining, d.Code)
	}()
	defer func() {
		end()
		<-done
	}()
	life, die := context.WithCancel(ctx)
	var living sync.WaitGroup
	if set.noLife {
		a.ForgetOwner()
	} else {
		living.Go(func() { a.KeepLife(life, d.Code) })
	}
	living.Go(func() { a.KeepDatabase(life) })
	living.Go(func() { a.Service.TendRecords(life, d.Code) })
	defer func() { die(); living.Wait() }()
	rest, err := work(ctx, a, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rest()) }()
	fmt.Fprintf(s.out, "sanse: %s://%s/  (map) · /board · /day · /grids — stop with Ctrl-C\n", scheme, listener.Addr())
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
