// Package collect takes rows of the audit to a collector: a log server or a SIEM that
// an operator names in a file. It speaks HTTPS (lines of OCSF or CEF in a body) and
// syslog over TLS (RFC 5424 in the frames of RFC 5425), with certificates checked.
//
// What is sent, from where on and how often it is tried again is package service's; a
// batch is taken or it is not. Nothing personal is in a row that sanse audit export
// would not write (package audit).
package collect
