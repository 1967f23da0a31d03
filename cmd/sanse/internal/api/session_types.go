package api

import (
	"time"

	"sanse/cmd/sanse/internal/service"
)

// SignInWays are the ways in that this server has.
type SignInWays struct {
	District string     `json:"district" doc:"code"`
	Name     string     `json:"name"`
	MadeUp   bool       `json:"made_up"`
	Public   bool       `json:"public" doc:"who is not signed in is told what everybody may be told"`
	OIDC     []OIDCWay  `json:"oidc" doc:"other houses that sign people in"`
	People   []DemoSeat `json:"people" doc:"made-up people whom anybody can look as; empty but on a demo's own machine"`
}

// OIDCWay is another house that signs people in.
type OIDCWay struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// DemoSeat is somebody made up.
type DemoSeat struct {
	ID string `json:"id"`
	SeatView
	Name string `json:"name"`
}

// SeatView is a role in an area or for a body.
type SeatView struct {
	Role     string `json:"role"`
	Area     string `json:"area" doc:"code; empty where the role has none"`
	AreaName string `json:"area_name"`
	Body     string `json:"body" doc:"department or provider; empty where the role has none"`
}

// Me is who is signed in.
type Me struct {
	Account     string               `json:"account"`
	Login       string               `json:"login"`
	Name        string               `json:"name"`
	Session     string               `json:"session"`
	Kind        string               `json:"kind" enum:"page,phone,key"`
	Stage       string               `json:"stage" enum:"full,password,totp,enrol,pin" doc:"what is still asked for; full: nothing"`
	Visitor     string               `json:"visitor" doc:"who of those who visit it is; empty: nobody"`
	Roles       []SeatView           `json:"roles"`
	Areas       []string             `json:"areas" doc:"whose true numbers are told"`
	May         []service.Capability `json:"may" doc:"what may be done somewhere"`
	ExpiresAt   string               `json:"expires_at"`
	IdleSeconds int                  `json:"idle_seconds" doc:"the session ends, or a phone asks for the PIN, when it is not used for so long"`
	CSRF        string               `json:"csrf" doc:"to be sent as X-Sanse-CSRF with all that changes anything"`
	TOTP        bool                 `json:"totp" doc:"there is a second factor"`
	PIN         bool                 `json:"pin"`
	MustChange  bool                 `json:"must_change"`
	Password    bool                 `json:"password" doc:"there is a password of this house's"`
	MadeUp      bool                 `json:"made_up"`
}

// SessionView is a session of one's own.
type SessionView struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Stage     string `json:"stage"`
	CreatedAt string `json:"created_at"`
	SeenAt    string `json:"seen_at"`
	ExpiresAt string `json:"expires_at"`
	Address   string `json:"address" doc:"the network that it was opened from"`
	Agent     string `json:"agent" doc:"what the browser calls itself"`
	This      bool   `json:"this" doc:"the one that asks"`
}

// clock writes a time as the API does.
func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func clockOrNil(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := clock(*t)
	return &s
}
