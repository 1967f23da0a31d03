package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
)

const (
	pushBatch = 100 // tasks of a delivery
	// pushTries is how often a delivery is tried: by then most of a day is over.
	pushTries   = 20
	pushFirst   = 10 * time.Second // after the first that failed, then twice that, and so on
	pushLongest = time.Hour
	pushLease   = 2 * time.Minute // for a try, after which somebody else may
	pushAtOnce  = 20              // deliveries to a platform before others have their turn
)

// RunConnect pushes to the platforms that want it what has changed: it makes
// deliveries of it, and tries those that are due, of each platform in their order.
// Any number of processes may run it at once; it is asked for over and over.
func (s *Service) RunConnect(ctx context.Context) error {
	all, err := s.store.Districts(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		list, e := s.store.Connectors(ctx, d.Code)
		err = errors.Join(err, e)
		for _, c := range list {
			if c.PushURL == "" || !c.Off.IsZero() {
				continue
			}
			if e := s.pushTo(asOperator(ctx, d.Code), d, c); e != nil {
				err = errors.Join(err, fmt.Errorf("push to %s of district %s: %w", c.ID, d.Code, e))
			}
		}
	}
	return err
}

func (s *Service) pushTo(ctx context.Context, d data.District, c data.Connector) error {
	if s.outward == nil {
		return errors.New("nobody sends to other houses here")
	}
	if err := s.makeDeliveries(ctx, d, c); err != nil {
		return err
	}
	secret, err := s.store.PushSecret(ctx, d.Code, c.ID)
	if err != nil {
		return err
	}
	for range pushAtOnce {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now := s.now()
		var next data.Delivery
		var found bool
		err := s.store.Write(ctx, func(tx *data.Tx) (err error) {
			next, found, err = tx.ClaimDelivery(d.Code, c.ID, now, now.Add(pushLease))
			return err
		})
		if err != nil || !found {
			return err
		}
		s.tryDelivery(ctx, d.Code, c, secret, &next)
		if err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.EndDelivery(d.Code, next) }); err != nil {
			return err
		}
		if next.State == data.DeliveryWaiting {
			return nil
		}
	}
	return nil
}

// tryDelivery sends a delivery and says what it came to.
func (s *Service) tryDelivery(ctx context.Context, district string, c data.Connector, secret data.Sealed, d *data.Delivery) {
	stamp, signature := connect.Sign([]byte(secret.Reveal()), s.now(), d.Body)
	ctx, cancel := context.WithTimeout(ctx, pushLease/2)
	defer cancel()
	status, err := s.outward.Post(ctx, c.PushURL, map[string]string{
		"Content-Type": "application/json", connect.HeaderTimestamp: stamp, connect.HeaderSignature: signature,
		connect.HeaderDelivery: fmt.Sprintf("%s-%s-%d", district, c.ID, d.N),
	}, d.Body)
	now := s.now()
	switch {
	case err == nil && status >= 200 && status < 300:
		d.State, d.Code, d.Done, d.Next = data.DeliveryTaken, "", now, now
		return
	case err == nil:
		d.Code = fmt.Sprintf("status_%d", status)
	default:
		d.Code = "unreachable"
		s.log.Warn("a delivery to a platform did not arrive", "connector", c.ID, "delivery", d.N, "error", err)
	}
	if d.Tries >= pushTries {
		d.State, d.Done, d.Next = data.DeliveryDead, now, now
		return
	}
	d.Next = now.Add(min(pushFirst<<min(d.Tries-1, 20), pushLongest))
}

// makeDeliveries makes deliveries of what has changed since the last one was made, as
// far as the platform's key may see it. A platform whose key is over is told nothing.
func (s *Service) makeDeliveries(ctx context.Context, d data.District, c data.Connector) error {
	areas, err := s.pushAreas(ctx, d.Code, c)
	if err != nil || len(areas) == 0 {
		return err
	}
	may := func(area string) bool {
		return slices.ContainsFunc(areas, func(a string) bool { return strings.HasPrefix(area, a) })
	}
	v, err := s.view(ctx, d.Code)
	if err != nil {
		return err
	}
	if err := s.syncTasks(ctx, v); err != nil {
		return err
	}
	for more := true; more; {
		err := s.store.Write(ctx, func(tx *data.Tx) error {
			if err := tx.LockConnector(d.Code, c.ID); err != nil {
				return err
			}
			now, err := tx.Reads().Connector(ctx, d.Code, c.ID)
			if err != nil {
				return err
			}
			list, err := tx.Reads().ConnectChanges(ctx, d.Code, now.PushFrom, pushBatch)
			if err != nil || len(list) == 0 {
				more = false
				return err
			}
			more = len(list) == pushBatch
			return s.addDelivery(ctx, tx, v, now, list, may)
		})
		if errors.Is(err, data.ErrNotFound) {
			return nil // it was put off meanwhile
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addDelivery makes a delivery of changes.
func (s *Service) addDelivery(ctx context.Context, tx *data.Tx, v *view, c data.Connector, list []data.ConnectTask, may func(string) bool) error {
	district := v.snap.District.Code
	next := data.Delivery{Connector: c.ID, FromSeq: list[0].Seq, ToSeq: list[len(list)-1].Seq, Made: s.now()}
	body := struct {
		Delivery string        `json:"delivery"`
		Items    []ConnectTask `json:"items"`
	}{Items: []ConnectTask{}}
	var residents, visitors []string
	for i := range list {
		t := &list[i]
		switch {
		case may(t.Area) && t.Op != string(connect.Withdrawn):
			body.Items = append(body.Items, v.told(t))
			residents, visitors = append(residents, t.Resident), append(visitors, t.Visitor)
		case slices.ContainsFunc(t.Areas, may):
			body.Items = append(body.Items, ConnectTask{ID: t.ID, Op: string(connect.Withdrawn), Seq: t.Seq})
		}
	}
	if next.Tasks = len(body.Items); next.Tasks == 0 {
		return tx.AddDelivery(district, next)
	}
	people, err := tx.Reads().ExternalNumbers(ctx, district, c.ID, "resident", residents)
	if err != nil {
		return err
	}
	hands, err := tx.Reads().ExternalNumbers(ctx, district, c.ID, "visitor", visitors)
	if err != nil {
		return err
	}
	for i := range body.Items {
		t := &body.Items[i]
		t.ResidentNumber, t.VisitorNumber = people[t.Resident], hands[t.Visitor]
	}
	if next.N, err = tx.Reads().NextDelivery(ctx, district, c.ID); err != nil {
		return err
	}
	body.Delivery = fmt.Sprintf("%s-%s-%d", district, c.ID, next.N)
	if next.Body, err = json.Marshal(body); err != nil {
		return fmt.Errorf("write delivery %d: %w", next.N, err)
	}
	if err := tx.AddDelivery(district, next); err != nil {
		return err
	}
	told := eachOnce(residents)
	if len(told) == 0 {
		return nil
	}
	return tx.Record(district, data.Event{
		Account: c.Account, Role: string(data.RoleService), Action: data.ActRead, Object: "connect_task", IDs: told,
		Detail: map[string]string{"connector": c.ID, "delivery": fmt.Sprint(next.N)},
	})
}

// pushAreas are the areas in which the key of a platform is good now; none: it is
// over, or there is none.
func (s *Service) pushAreas(ctx context.Context, district string, c data.Connector) (out []string, err error) {
	if c.Account == "" {
		return nil, nil
	}
	grants, err := s.store.Gate().Grants(ctx, district, c.Account)
	if err != nil {
		return nil, err
	}
	account, err := s.store.Gate().Account(ctx, district, c.Account)
	if errors.Is(err, data.ErrNotFound) || err == nil && account.DisabledAt != nil {
		return nil, nil
	}
	now := s.now()
	for _, g := range grants {
		over := g.EndedAt != nil && !g.EndedAt.After(now) || g.To != nil && !g.To.After(now) || g.From.After(now)
		if g.Role == data.RoleService && g.Area != "" && !over {
			out = append(out, g.Area)
		}
	}
	return out, err
}

// SetPush says where the changes to tasks are sent to a platform, and with which
// secret they are signed; an empty address: nowhere, it asks for them.
func (s *Service) SetPush(ctx context.Context, district, connector, address, secret string) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return err
	}
	if address != "" {
		switch {
		case s.outward == nil:
			return invalid("nobody sends to other houses here")
		case len(secret) < 32:
			return invalid("secret: want at least 32 characters")
		case l.connector.Account == "":
			return invalid("a platform is pushed to within the area of its key: give it one (sanse connect set --account)")
		}
		if err := s.outward.Check(address); err != nil {
			return invalid("address: %s", err)
		}
	}
	return s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.SetPush(l.Code, l.connector.ID, address, data.Sealed(secret))
	})
}

// Deliveries lists the deliveries to a platform that wait or are dead.
func (s *Service) Deliveries(ctx context.Context, district, connector string) ([]data.Delivery, error) {
	if err := mustOperate(ctx); err != nil {
		return nil, err
	}
	l, err := s.link(ctx, district, connector)
	if err != nil {
		return nil, err
	}
	return s.store.Deliveries(ctx, l.Code, l.connector.ID, []string{data.DeliveryWaiting, data.DeliveryDead})
}

// SendAgain has the tasks of a dead delivery sent again, as they are now.
func (s *Service) SendAgain(ctx context.Context, district, connector string, n int64) (int, error) {
	list, err := s.Deliveries(ctx, district, connector)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(list, func(d data.Delivery) bool { return d.N == n && d.State == data.DeliveryDead })
	if at < 0 {
		return 0, notFound("there is no dead delivery %d", n)
	}
	var body struct{ Items []ConnectTask }
	if err := json.Unmarshal(list[at].Body, &body); err != nil {
		return 0, fmt.Errorf("read delivery %d: %w", n, err)
	}
	ids := make([]string, len(body.Items))
	for i := range body.Items {
		ids[i] = body.Items[i].ID
	}
	sent := 0
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		sent, err = tx.SendAgain(district, connector, n, ids)
		return err
	})
	return sent, err
}
