// Package seal is what personal text is sealed with: suites of ciphers under
// one small interface, the form of a sealed value, and the key-encryption key
// (KEK) that wraps the data keys, from a file or from a program that speaks for
// a key-management service (KMS) or a hardware module.
//
// A value is sealed with a data key of its district and begins with the number
// of that key; the associated data (Place) bind it to one column of one record.
// Data keys lie beside the records, wrapped by the KEK, which never does. Where
// they lie, which of them is in use and who may ask is package data's.
//
// Nothing here is written to a log or an error but names and numbers. Suites and
// KEKs are safe for concurrent use.
package seal
