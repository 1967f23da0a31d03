package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/cmd/sanse/internal/connect"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

const pushSecret = "a secret of 32 characters, or more"

// listener is a platform that is pushed to.
type listener struct {
	*platform
	t      *testing.T
	rng    *rand.Rand // of the network; nil: nothing is lost
	now    func() time.Time
	down   bool
	bodies map[string]string // by the key of a delivery
}

// Check takes any address but one.
func (p *listener) Check(address string) error {
	if strings.Contains(address, "forbidden") {
		return errors.New("no")
	}
	return nil
}

// Get is never asked for.
func (*listener) Get(context.Context, string, map[string]string, int64) (int, []byte, error) {
	return 0, nil, errors.ErrUnsupported
}

// Post is what arrives, or does not: a network that loses requests and answers.
func (p *listener) Post(_ context.Context, _ string, header map[string]string, body []byte) (int, error) {
	if p.down {
		return 503, nil
	}
	fate := 2
	if p.rng != nil {
		fate = p.rng.IntN(4)
	}
	if fate == 0 {
		return 0, errors.New("lost on the way there")
	}
	if err := connect.Verify([]byte(pushSecret), p.now(), header[connect.HeaderTimestamp], header[connect.HeaderSignature], body); err != nil {
		p.t.Error(err)
	}
	key := header[connect.HeaderDelivery]
	if was, again := p.bodies[key]; again && was != string(body) {
		p.t.Errorf("delivery %s is another when it is sent again", key)
	} else if !again {
		p.bodies[key] = string(body)
		var d struct{ Items []service.ConnectTask }
		if err := json.Unmarshal(body, &d); err != nil {
			p.t.Error(err)
		}
		p.learn(d.Items)
	}
	if fate == 1 {
		return 0, errors.New("lost on the way back")
	}
	return 204, nil
}

// pusher is a program that has just begun and pushes to a platform.
func (b *taskBed) pusher(store *data.Store, to *listener) *service.Service {
	s := service.New(store, service.Config{Now: func() time.Time { return b.now }, Outward: to})
	b.t.Cleanup(s.Close)
	return s
}

// TestWhatIsPushedArrivesOnceInItsOrder pushes changes through a network that loses
// requests and answers, while plans are made anew and programs are killed, until
// nothing waits, and holds what the platform knows against what it would be told.
func TestWhatIsPushedArrivesOnceInItsOrder(t *testing.T) {
	b := newTaskBed(t)
	to := &listener{platform: &platform{tasks: map[string]service.ConnectTask{}}, t: t, rng: rand.New(rand.NewPCG(5, 8)), now: func() time.Time { return b.now }, bodies: map[string]string{}}
	operate := func(f func(context.Context, *service.Service) error) {
		t.Helper()
		if err := f(service.WithViewer(t.Context(), service.Everyone(ladderDistrict)), b.pusher(b.owner, to)); err != nil {
			t.Fatal(err)
		}
	}
	operate(func(ctx context.Context, s *service.Service) error {
		for _, bad := range []struct{ url, secret string }{{"https://forbidden", pushSecret}, {"https://platform.example", "short"}} {
			if err := s.SetPush(ctx, ladderDistrict, "gridapp", bad.url, bad.secret); service.CodeOf(err) != service.CodeInvalid {
				t.Errorf("%s with %q: %v", bad.url, bad.secret, err)
			}
		}
		return s.SetPush(ctx, ladderDistrict, "gridapp", "https://platform.example/tasks", pushSecret)
	})
	if got := one[bool](t, b.owner, `SELECT strpos(encode(secret, 'escape'), 'secret of') > 0 FROM connector`); got {
		t.Error("the secret stands in the clear")
	}
	push := func() {
		s := b.pusher(b.serving, to) // a program that knows nothing
		if err := s.RunConnect(t.Context()); err != nil {
			t.Error(err)
		}
	}
	agree := func() {
		t.Helper()
		pulled := &platform{tasks: map[string]service.ConnectTask{}}
		b.platform = pulled
		cursor := ""
		b.pull(&cursor)
		if diff := cmp.Diff(pulled.known(), to.known()); diff != "" {
			t.Errorf("what was pushed is not what is told: %s", diff)
		}
	}
	for _, residents := range []int{4, 2, 4} {
		b.plan(residents)
		push()
		b.now = b.now.Add(11 * time.Second)
	}
	waits := func() int {
		return one[int](t, b.owner, `SELECT count(*)::int FROM connect_delivery WHERE state = 'waiting'`)
	}
	for i := 0; waits() > 0; i++ {
		if i > 50 {
			t.Fatal("it never arrives")
		}
		b.now = b.now.Add(time.Minute << min(i, 6))
		push()
	}
	if acked, last := one[int64](t, b.owner, `SELECT acked FROM connector`), one[int64](t, b.owner, `SELECT last FROM connect_feed`); acked != last {
		t.Errorf("%d is acknowledged of %d", acked, last)
	}
	agree()
	if !slices.IsSorted(to.seen) {
		t.Error("changes came out of their order")
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM connect_delivery WHERE body IS NOT NULL`); n != 0 {
		t.Errorf("of %d deliveries that arrived the body is kept", n)
	}
	// A platform that is down has its deliveries kept, and sent again as they are then.
	to.rng, to.down = nil, true
	b.plan(1)
	for range 25 {
		push()
		b.now = b.now.Add(65 * time.Minute)
	}
	var dead []data.Delivery
	operate(func(ctx context.Context, s *service.Service) (err error) {
		dead, err = s.Deliveries(ctx, ladderDistrict, "gridapp")
		return err
	})
	if len(dead) == 0 || dead[0].State != data.DeliveryDead || dead[0].Code != "status_503" || dead[0].Tries != 20 {
		t.Fatalf("deliveries are %+v", dead)
	}
	to.down = false
	operate(func(ctx context.Context, s *service.Service) error {
		if n, err := s.SendAgain(ctx, ladderDistrict, "gridapp", dead[0].N); err != nil || n != dead[0].Tasks {
			t.Errorf("%d of %d tasks are sent again: %v", n, dead[0].Tasks, err)
		}
		if _, err := s.SendAgain(ctx, ladderDistrict, "gridapp", dead[0].N); service.CodeOf(err) != service.CodeNotFound {
			t.Errorf("twice: %v", err)
		}
		return nil
	})
	for range 3 {
		push()
		b.now = b.now.Add(time.Hour)
	}
	if waits() > 0 {
		t.Errorf("%d still wait", waits())
	}
	agree()
}
