// Package jobs runs what is to happen by itself at a time, in any number of
// processes: sanse serve is one, sanse worker another. The queue is River's, in the
// same database, so whoever leads puts the jobs in, whoever is free takes them, and when a
// process dies others go on.
//
// A job only says "look again". What is due is in the rows of the records, claimed
// in transactions (data.Tx.ClaimLadders), so a job that is lost, late or there
// twice changes nothing but the time.
//
// What is done is the business of package service; the queue's tables are made by
// data.Store.Migrate.
package jobs
