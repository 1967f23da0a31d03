// Package auth knows who comes in: passwords, second factors, PINs, sessions,
// other houses' sign-in by OpenID Connect, and how often one may try.
//
// It is the rules alone. Accounts and sessions are kept by whoever is given as
// its Store, HTTP is the business of package api, and what somebody may do once
// they are in is decided in package service. Secrets are shown once, when they
// are made; what is kept of them is a hash. Nothing here is logged but opaque ids.
//
// What it holds to: a name that nobody has costs the same work and is answered in
// the same words as a wrong password; a secret is compared in constant time; a
// code is taken once; a token is another one after each step of signing in; and
// no stranger can shut somebody's account for good.
package auth
