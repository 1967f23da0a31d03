package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

type keysCmd struct {
	Status keysStatusCmd `cmd:"" help:"Tell which keys there are and how much is sealed with each."`
	Rotate keysRotateCmd `cmd:"" help:"Make a new data key: what is written from now on is sealed with it."`
	Reseal keysResealCmd `cmd:"" help:"Seal what older keys sealed with the key in use, and retire those that nothing needs."`
	Rewrap keysRewrapCmd `cmd:"" help:"Have another key-encryption key wrap the data keys."`
}

func (*keysCmd) Help() string {
	return `Names, phones, addresses and notes are sealed with data keys of the district, which lie in the database wrapped
by the key-encryption key: a file (--key-file) or a program (--key-command). Servers may run all the while.
docs/sealing.md says what each verb is for.`
}

type keysStatusCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// keyStatus is what the status says of a data key.
type keyStatus struct {
	N       uint32     `json:"n"`
	Use     string     `json:"use"`
	Suite   string     `json:"suite"`
	KEK     string     `json:"kek"`
	Made    time.Time  `json:"made_at"`
	Retired *time.Time `json:"retired_at"`
	Values  int64      `json:"values"`
	InUse   bool       `json:"in_use"`
}

func (cmd *keysStatusCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		keys, err := a.Store.DataKeys(ctx, d.Code)
		if err != nil {
			return err
		}
		all := []keyStatus{}
		old := int64(0)
		for _, k := range keys {
			st := keyStatus{N: k.N, Use: k.Use, Suite: k.Suite, KEK: k.KEK, Made: k.Made, Values: k.Values, InUse: k.InUse}
			if !k.Retired.IsZero() {
				st.Retired = &k.Retired
			}
			if !k.InUse {
				old += k.Values
			}
			all = append(all, st)
		}
		if cmd.JSON {
			return printJSON(s.out, map[string]any{"district": d.Code, "keys": all, "values_under_older_keys": old})
		}
		for _, k := range all {
			state := "older"
			switch {
			case k.InUse:
				state = "in use"
			case k.Retired != nil:
				state = "retired " + k.Retired.UTC().Format(time.DateOnly)
			}
			fmt.Fprintf(s.out, "key %d  %-5s %-4s %-28s made %s  %s", k.N, k.Use, k.Suite, k.KEK, k.Made.UTC().Format(time.DateOnly), state)
			if k.Use == "seal" || k.Use == "first" {
				fmt.Fprintf(s.out, "  %s", count(int(k.Values), "value", "values"))
			}
			fmt.Fprintln(s.out)
		}
		if old > 0 {
			fmt.Fprintf(s.out, "%s sealed with older keys: sanse keys reseal\n", count(int(old), "value is", "values are"))
		}
		return nil
	})
}

type keysRotateCmd struct {
	Suite string `help:"Ciphers of the new key: aes (AES-256-GCM, HMAC-SHA-256) or sm (SM4-GCM, HMAC-SM3); default: those of the key before." enum:"aes,sm," default:"" placeholder:"aes|sm"`
	Hash  bool   `help:"The key of the ID numbers' hashes instead: all are hashed anew at once."`
}

func (cmd *keysRotateCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		if cmd.Hash {
			n, err := a.Store.RotateHashKey(ctx, d.Code, cmd.Suite)
			if errors.Is(err, data.ErrBusy) {
				return &service.Error{Code: service.CodeNo, Message: "others are writing all the time: try again", Err: err}
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "ID numbers are hashed with key %d\n", n)
			return err
		}
		n, err := a.Store.RotateKey(ctx, d.Code, cmd.Suite)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "what is written from now on is sealed with key %d; sanse keys reseal moves what is there\n", n)
		return err
	})
}

type keysResealCmd struct{}

func (*keysResealCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withDistrict(ctx, s, func(a *app.App, d data.District) error {
		progress := newStages(s.err)
		defer progress.end()
		done, err := a.Store.Reseal(ctx, d.Code, func(n int) { progress.step("sealing anew", int64(n), 0) })
		progress.end()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s sealed anew", count(done.Values, "value", "values"))
		if len(done.Retired) > 0 {
			var list []string
			for _, n := range done.Retired {
				list = append(list, fmt.Sprint(n))
			}
			fmt.Fprintf(s.out, "; retired: key %s", strings.Join(list, ", "))
		}
		fmt.Fprintln(s.out)
		if done.Busy {
			return &service.Error{Code: service.CodeNo, Message: "others are writing all the time, so no key was retired: run it again"}
		}
		return nil
	})
}

type keysRewrapCmd struct {
	NewKeyFile    string `help:"Key file to wrap with; made if it is not there." type:"path" placeholder:"FILE" xor:"to" required:""`
	NewKeyCommand string `help:"Program to wrap with, with its arguments." placeholder:"COMMAND" xor:"to" required:""`
}

func (*keysRewrapCmd) Help() string {
	return `All districts of the database open with the new one alone from then on; nothing that is sealed changes, so it
takes a moment. Servers go on with the keys they have: start each anew with the new --key-file or --key-command
before the next rotation.

  sanse keys rewrap --new-key-file /etc/sanse/key-2.json
  sanse keys rewrap --new-key-command "/usr/local/bin/kms-key sanse"`
}

func (cmd *keysRewrapCmd) Run(ctx context.Context, c *cli, s streams) error {
	var to *data.Keys
	var err error
	if cmd.NewKeyCommand != "" {
		to, err = data.OpenKeyCommand(cmd.NewKeyCommand)
	} else {
		to, err = data.OpenKeys(cmd.NewKeyFile)
	}
	if err != nil {
		return badInput(err, "cannot use the new key: %v", err)
	}
	return c.withApp(ctx, s, func(a *app.App) error {
		n, err := a.Store.Rewrap(ctx, to)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s wrapped by %s; the key before opens this database no more\n", count(n, "data key is", "data keys are"), to.Name())
		return err
	})
}
