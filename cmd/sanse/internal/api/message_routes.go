package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/message"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/webpush"
	"sanse/planner"
)

func (s *Server) registerMessages(api huma.API) {
	get(api, "messages", "/v1/messages", "One's own messages, the latest first", s.getMessages)
	get(api, "unread-messages", "/v1/messages/unread", "How many of one's own messages are not read", s.getUnread)
	get(api, "message-choice", "/v1/messages/choice", "By which channels one is told what, and in which language", s.getMessageChoice)
	get(api, "push", "/v1/push", "Whether this browser takes messages while nobody looks, and can", s.getPush)
	get(api, "message-rules", "/v1/message-rules", "By which channels the district lets what be told", s.getMessageRules)
	get(api, "undelivered", "/v1/message-rules/undelivered", "Messages that a channel did not take, the latest first", s.getUndelivered)
	write := func(id, method, path, summary string, status int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: status,
			Errors: []int{http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
		}
	}
	huma.Register(api, write("read-messages", http.MethodPost, "/v1/messages/read", "Messages of one's own that were read", http.StatusOK), s.postReadMessages)
	huma.Register(api, write("put-message-choice", http.MethodPut, "/v1/messages/choice", "Other channels, or another language, for oneself", http.StatusNoContent), s.putMessageChoice)
	huma.Register(api, write("put-push", http.MethodPut, "/v1/push", "This browser takes messages until the session ends", http.StatusNoContent), s.putPush)
	huma.Register(api, write("drop-push", http.MethodDelete, "/v1/push", "This browser takes no messages any more", http.StatusNoContent), s.deletePush)
	huma.Register(api, write("put-message-rules", http.MethodPut, "/v1/message-rules", "By which channels the district lets what be told, from now on", http.StatusOK), s.putMessageRules)
	huma.Register(api, write("test-message", http.MethodPost, "/v1/message-rules/test", "A message to oneself by all channels that are on", http.StatusNoContent), s.postTestMessage)
}

// MessageView is a message.
type MessageView struct {
	ID      int64    `json:"id"`
	Kind    string   `json:"kind" enum:"reminder,holder,passed,again,case,case_near,case_over,plan,handed,test"`
	Text    string   `json:"text" doc:"in the language that was chosen"`
	Count   int      `json:"count" doc:"how many visits, cases or people it told of"`
	Open    int      `json:"open" doc:"of how many that still holds"`
	Urgent  bool     `json:"urgent,omitempty" doc:"it is of an emergency"`
	Due     string   `json:"due,omitempty"`
	Made    string   `json:"made"`
	Read    string   `json:"read,omitempty"`
	Ladders []int64  `json:"ladders,omitempty"`
	Cases   []string `json:"cases,omitempty"`
}

// MessageList is one's own messages.
type MessageList struct {
	Items  []MessageView `json:"items"`
	Unread int           `json:"unread"`
	More   bool          `json:"more,omitempty" doc:"there are older ones: ask with before"`
}

type messagesInput struct {
	Before int64 `query:"before" minimum:"0" doc:"older than the one of that number; 0: the latest"`
}

func (s *Server) getMessages(ctx context.Context, in *messagesInput) (*answer[MessageList], error) {
	list, unread, more, err := s.service.Messages(ctx, s.district, in.Before)
	if err != nil {
		return nil, s.problem(err)
	}
	out := MessageList{Items: make([]MessageView, len(list)), Unread: unread, More: more}
	for i := range list {
		m := &list[i]
		out.Items[i] = MessageView{
			ID: m.ID, Kind: m.Kind, Text: m.Text, Count: m.Count, Open: m.Open, Urgent: m.Emergency, Due: timeText(m.Due), Made: timeText(m.Made), Read: timeText(m.Read),
			Ladders: m.Ladders, Cases: m.Cases,
		}
	}
	return answerOf(out), nil
}

// UnreadCount is how many messages are not read.
type UnreadCount struct {
	Unread int `json:"unread"`
}

func (s *Server) getUnread(ctx context.Context, _ *struct{}) (*answer[UnreadCount], error) {
	n, err := s.service.Unread(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(UnreadCount{n}), nil
}

type readMessagesInput struct {
	Body struct {
		UpTo int64   `json:"up_to,omitempty" minimum:"0" doc:"all up to the one of that number"`
		IDs  []int64 `json:"ids,omitempty" maxItems:"200"`
	}
}

func (s *Server) postReadMessages(ctx context.Context, in *readMessagesInput) (*answer[UnreadCount], error) {
	n, err := s.service.ReadMessages(ctx, s.district, in.Body.UpTo, in.Body.IDs)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(UnreadCount{n}), nil
}

// ChannelsByKind are channels of kinds of messages.
type ChannelsByKind map[message.Kind][]message.Channel

// MessageChoice is what somebody has chosen.
type MessageChoice struct {
	Language string         `json:"language" enum:"zh,en"`
	Off      ChannelsByKind `json:"off" doc:"channels that are not wanted, by kind; an emergency comes by all that the district lets"`
}

// OwnMessageChoice is what somebody has chosen, and from what.
type OwnMessageChoice struct {
	MessageChoice
	Lets ChannelsByKind `json:"lets" doc:"what the district lets, by kind"`
}

func (s *Server) getMessageChoice(ctx context.Context, _ *struct{}) (*answer[OwnMessageChoice], error) {
	c, lets, err := s.service.MessageChoice(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(OwnMessageChoice{MessageChoice{c.Language, c.Off}, lets}), nil
}

type putMessageChoiceInput struct {
	Body struct {
		Language string         `json:"language,omitempty" enum:"zh,en"`
		Off      ChannelsByKind `json:"off,omitempty"`
	}
}

func (s *Server) putMessageChoice(ctx context.Context, in *putMessageChoiceInput) (*struct{}, error) {
	return nil, s.problem(s.service.SetMessageChoice(ctx, s.district, message.Choice{Language: in.Body.Language, Off: in.Body.Off}))
}

// PushView is what a browser has to know to take messages.
type PushView struct {
	On         bool   `json:"on" doc:"the district lets it"`
	Key        string `json:"key,omitempty" doc:"with which the browser subscribes (applicationServerKey), base64url"`
	Subscribed bool   `json:"subscribed" doc:"it does, until the session ends"`
}

func (s *Server) getPush(ctx context.Context, _ *struct{}) (*answer[PushView], error) {
	p, err := s.service.Push(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(PushView{p.On, p.Public, p.Subscribed}), nil
}

type putPushInput struct {
	Body struct {
		Endpoint string `json:"endpoint" maxLength:"2048"`
		P256dh   string `json:"p256dh" maxLength:"200"`
		Auth     string `json:"auth" maxLength:"100"`
	}
}

func (s *Server) putPush(ctx context.Context, in *putPushInput) (*struct{}, error) {
	return nil, s.problem(s.service.Subscribe(ctx, s.district, webpush.Subscription(in.Body)))
}

func (s *Server) deletePush(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.problem(s.service.Unsubscribe(ctx, s.district))
}

// QuietHours are those in which nothing is sent that can wait.
type QuietHours struct {
	From string `json:"from" pattern:"^[0-9]{2}:[0-9]{2}$"`
	To   string `json:"to" pattern:"^[0-9]{2}:[0-9]{2}$"`
}

// MessageRules are by which channels the district lets what be told.
type MessageRules struct {
	Push    bool           `json:"push" doc:"by the house that made the browser: outside this one"`
	Webhook bool           `json:"webhook" doc:"by the district's own gateway for SMS or WeCom"`
	Kinds   ChannelsByKind `json:"kinds" doc:"channels of each kind; one without has none but the app"`
	Quiet   *QuietHours    `json:"quiet,omitempty" doc:"left out: there are none"`
	Subject string         `json:"subject,omitempty" maxLength:"200" doc:"whom push services may write to: mailto: or https:"`
}

// MessageSettings are the rules with what is kept beside them.
type MessageSettings struct {
	MessageRules
	Gateway   string       `json:"gateway,omitempty" doc:"host of the gateway; its address is kept sealed"`
	Secret    string       `json:"secret,omitempty" doc:"signs what the gateway is sent; told once, when it is made"`
	SetBy     string       `json:"set_by,omitempty"`
	Set       string       `json:"set,omitempty"`
	Reference MessageRules `json:"reference" doc:"to begin from"`
}

func messageRulesOf(r *message.Rules, subject string) MessageRules {
	out := MessageRules{Push: r.Push, Webhook: r.Webhook, Kinds: r.Kinds, Subject: subject}
	if out.Kinds == nil {
		out.Kinds = ChannelsByKind{}
	}
	if q := r.Quiet; q != nil {
		out.Quiet = &QuietHours{q.From.String(), q.To.String()}
	}
	return out
}

func messageSettingsOf(v *service.MessageSettings, secret string) MessageSettings {
	reference := message.Reference()
	return MessageSettings{messageRulesOf(&v.Rules, v.Subject), v.Gateway, secret, v.SetBy, timeText(v.Set), messageRulesOf(&reference, "")}
}

func (s *Server) getMessageRules(ctx context.Context, _ *struct{}) (*answer[MessageSettings], error) {
	v, err := s.service.MessageSettings(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(messageSettingsOf(&v, "")), nil
}

type putMessageRulesInput struct {
	Body struct {
		MessageRules
		URL       *string `json:"url,omitempty" maxLength:"2048" doc:"address of the gateway (https); left out: as it was; empty: it is forgotten"`
		NewSecret bool    `json:"new_secret,omitempty" doc:"the gateway is to be told another secret"`
	}
}

func (s *Server) putMessageRules(ctx context.Context, in *putMessageRulesInput) (*answer[MessageSettings], error) {
	b := &in.Body
	n := service.NewMessageSettings{Rules: message.Rules{Push: b.Push, Webhook: b.Webhook, Kinds: b.Kinds}, URL: b.URL, NewSecret: b.NewSecret, Subject: b.Subject}
	if b.Quiet != nil {
		n.Quiet = new(message.Quiet)
		for _, f := range []struct {
			name, text string
			into       *planner.Clock
		}{{"from", b.Quiet.From, &n.Quiet.From}, {"to", b.Quiet.To, &n.Quiet.To}} {
			var err error
			if *f.into, err = planner.ParseClock(f.text); err != nil {
				return nil, huma.NewError(http.StatusUnprocessableEntity, "these are no rules for messages", &huma.ErrorDetail{Location: "body.quiet." + f.name, Message: "want a time of day, HH:MM"})
			}
		}
	}
	v, secret, err := s.service.SetMessageSettings(ctx, s.district, n)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(messageSettingsOf(&v, secret)), nil
}

func (s *Server) postTestMessage(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, s.problem(s.service.TestMessage(ctx, s.district))
}

// UndeliveredView is a message that a channel did not take.
type UndeliveredView struct {
	Message int64  `json:"message"`
	Channel string `json:"channel" enum:"push,webhook"`
	Kind    string `json:"kind"`
	Made    string `json:"made"`
	Ended   string `json:"ended"`
	Tries   int    `json:"tries"`
	Fault   string `json:"fault" doc:"why: expired, over, off, disabled, gone, unreachable, late, forbidden, address, broken, or answer and the status"`
}

// UndeliveredList is what did not arrive.
type UndeliveredList struct {
	Items []UndeliveredView `json:"items"`
}

func (s *Server) getUndelivered(ctx context.Context, _ *struct{}) (*answer[UndeliveredList], error) {
	list, err := s.service.Undelivered(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := UndeliveredList{Items: make([]UndeliveredView, len(list))}
	for i, u := range list {
		out.Items[i] = UndeliveredView{u.Message, u.Channel, u.Kind, timeText(u.Made), timeText(u.Ended), u.Tries, u.Fault}
	}
	return answerOf(out), nil
}
