// Package webpush writes what a browser's push service carries: a text sealed so that
// the browser alone can read it (RFC 8291, in the coding aes128gcm of RFC 8188), and
// the word of the server by which the push service knows it again (VAPID, RFC 8292).
// It leaves sending to others: it makes bodies and headers from values.
//
//	key, err := webpush.NewKey()                           // once; key.String() is kept secret
//	page <- key.Public()                                   // with which the browser subscribes
//	body, err := webpush.Seal(subscription, []byte(text))  // for each message
//	word, err := key.Authorization(subscription.Endpoint, "mailto:ops@example.gov.cn", now)
//
// Invariants: no two bodies share a salt or a key of their own; what is not a
// subscription is an error that repeats nothing of it.
package webpush
