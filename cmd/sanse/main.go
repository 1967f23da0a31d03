// Command sanse plans a district's care visits: it takes in the district's
// files, keeps them in PostGIS, builds every visitor's days, and shows routes,
// coverage and shortfalls as pages, workbooks and maps.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"sanse/cmd/sanse/internal/service"
)

// Exit codes, the same for every verb.
const (
	exitDone    = 0
	exitNo      = 1 // the work was done and the answer is no
	exitInvalid = 2 // bad input or use
	exitOutside = 3 // something outside failed: the database, the disk
)

const description = `Sanse (三色) plans care visits for a district: who is seen by whom, when, and on which way.

It keeps its records in PostgreSQL with PostGIS. With no --database-url it runs a private
server from the installed PostgreSQL, in its own folder (--home), reached by nobody else.

Exit codes:

  0  done
  1  the answer is no: violations, refused rows, lapses where asked
  2  bad input or use
  3  something outside failed: the database, the disk`

// cli is the command line. Verbs marked files use no database: their help has
// none of its flags.
type cli struct {
	Home         string `help:"Folder of the private database and its key." env:"SANSE_HOME" type:"path" placeholder:"DIR" group:"database"`
	DatabaseURL  string `help:"PostgreSQL with PostGIS to use instead of the private one." env:"DATABASE_URL" placeholder:"URL" group:"database"`
	EngineURL    string `help:"The same database as the role sanse_engine, with which serve computes (default: as --database-url, without a password)." env:"SANSE_ENGINE_URL" placeholder:"URL" group:"database"`
	DeskURL      string `help:"The same as sanse_desk, with which it names people." env:"SANSE_DESK_URL" placeholder:"URL" group:"database"`
	GateURL      string `help:"The same as sanse_gate, with which it keeps accounts." env:"SANSE_GATE_URL" placeholder:"URL" group:"database"`
	KeyFile      string `help:"Key that seals personal columns (default: key.json in the home folder)." env:"SANSE_KEY_FILE" type:"path" placeholder:"FILE" group:"database"`
	KeyCommand   string `help:"Program that wraps and unwraps keys, with its arguments, in place of a key file (docs/sealing.md)." env:"SANSE_KEY_COMMAND" placeholder:"COMMAND" group:"database"`
	Font         string `help:"TrueType font with Chinese to print pages with (default: one that the machine has)." env:"SANSE_FONT" type:"path" placeholder:"FILE" group:"database"`
	PrivateHooks bool   `help:"Let messages go to servers of the house's own network, such as a gateway for SMS at 10.0.0.9 (docs/messages.md)." env:"SANSE_PRIVATE_HOOKS" group:"database"`
	District     string `help:"Code of the district to work on; may be left out while there is only one." env:"SANSE_DISTRICT" short:"d" placeholder:"CODE" group:"database"`

	Demo     demoCmd     `cmd:"" help:"Make a district, plan its visits and show them: the whole job in one verb."`
	Serve    serveCmd    `cmd:"" help:"Serve the pages and the HTTP API to people who sign in."`
	Worker   workerCmd   `cmd:"" help:"Do what happens by itself at a time, beside serve: one of any number of processes."`
	Accounts accountsCmd `cmd:"" help:"Say who can sign in, and as what."`
	Connect  connectCmd  `cmd:"" help:"Run behind the platform that a district has: what it sends comes in, each row once."`
	Import   importCmd   `cmd:"" help:"Check a file of records and store it."`
	Export   exportCmd   `cmd:"" help:"Write what is stored as files others can read."`
	Plan     planCmd     `cmd:"" help:"Plan the visits of a period, from the database or from a problem file."`
	Solve    solveCmd    `cmd:"" files:"" help:"Solve a routing problem from a file: VROOM, Cordeau, Solomon, or Sanse's own."`
	Check    checkCmd    `cmd:"" files:"" help:"Check a plan or a solution against its problem; works on files alone."`
	Explain  explainCmd  `cmd:"" files:"" help:"Say why visits are not planned, what would free them, and why the others are where they are."`
	Replan   replanCmd   `cmd:"" files:"" help:"Plan again from now on, with as little moved as the deadlines allow; works on files alone."`
	Grids    gridsCmd    `cmd:"" help:"Draw, check and compare grids, and look at a redraw before it is published."`
	Reach    reachCmd    `cmd:"" files:"" help:"Draw what is within a walk of facilities, by bands of minutes; works on files alone."`
	Coverage coverageCmd `cmd:"" files:"" help:"Count the people within a walk of services, by place or by H3 cell; works on files alone."`
	Sites    sitesCmd    `cmd:"" files:"" help:"Choose where to build next, and say how far from the best possible the answer is; works on files alone."`
	Needs    needsCmd    `cmd:"" help:"Match the needs of residents to facilities and home-service providers."`
	Supply   supplyCmd   `cmd:"" files:"" help:"Say how far the places of facilities go round; works on files alone."`
	Report   reportCmd   `cmd:"" help:"Compute coverage and write the report, the workbook and the map layers."`
	Ladder   ladderCmd   `cmd:"" name:"ladder-rule" help:"Say and set when a visit that is not made goes to whom."`
	Release  releaseCmd  `cmd:"" help:"Say what outsiders are told of small numbers, and take this quarter's release."`
	Keys     keysCmd     `cmd:"" help:"Look after the keys of personal columns: tell, rotate, seal anew, wrap anew."`
	Audit    auditCmd    `cmd:"" help:"Read the audit: who looked at whom, what is unusual, and whether it is whole."`
	Life     lifeCmd     `cmd:"" help:"Keep data as long as is allowed and no longer, and do what residents ask of theirs."`
	DB       dbCmd       `cmd:"" name:"db" help:"Look after the database."`
	Doctor   doctorCmd   `cmd:"" help:"Say what of the key, the database and the accounts is set up unsafely, and how to mend it."`
	Streets  streetsCmd  `cmd:"" files:"" help:"Build, search and serve the walking network, from files alone."`
	Version  versionCmd  `cmd:"" files:"" help:"Say what the program was built from."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Whoever interrupts twice wants the end at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// streams are what a verb reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// exited is how kong's own exits (--help) come back instead of ending the process.
type exited int

// databaseGroup holds the flags that only verbs with a database have a use for.
const databaseGroup = "database"

// help prints the help of a verb, of one that works on files alone without the
// flags of the database.
func help(o kong.HelpOptions, ctx *kong.Context) error {
	files := false
	for n := ctx.Selected(); n != nil; n = n.Parent {
		files = files || n.Tag != nil && n.Tag.Has("files")
	}
	for _, f := range ctx.Model.Flags {
		if f.Group != nil && f.Group.Key == databaseGroup && files {
			f.Hidden = true
		}
	}
	return kong.DefaultHelpPrinter(o, ctx)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) (code int) {
	var c cli
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(exited); ok {
				code = int(e)
				return
			}
			panic(r)
		}
	}()
	parser, err := kong.New(&c,
		kong.Name("sanse"),
		kong.Description(description),
		kong.Vars{"kinds": kindList(), "exports": strings.Join(service.Exports, ",")},
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{{Key: databaseGroup, Title: "Flags of the database:"}}),
		kong.Help(help),
	)
	if err != nil {
		fmt.Fprintln(errOut, "sanse:", err)
		return exitOutside
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errOut, "sanse:", err)
		fmt.Fprintln(errOut, "sanse: 'sanse --help' and 'sanse VERB --help' tell the use")
		return exitInvalid
	}
	// Whoever works on the machine of the records answers for all of them; who
	// asks over HTTP is told apart there.
	parsed.BindTo(service.WithViewer(ctx, operatorViewer()), (*context.Context)(nil))
	err = parsed.Run(&c, streams{in, out, errOut})
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(errOut, "sanse: interrupted:", strings.TrimSuffix(err.Error(), ": "+context.Canceled.Error()))
		return exitOutside
	}
	fmt.Fprintln(errOut, "sanse:", err)
	switch service.CodeOf(err) {
	case service.CodeNo, service.CodeChanged:
		return exitNo
	case service.CodeInvalid, service.CodeNotFound, service.CodeForbidden:
		return exitInvalid
	default:
		return exitOutside
	}
}
