// Package worktime counts working days, by which the deadlines of cases run
// across departments: Monday to Friday, but for public holidays, and the weekend
// days that are worked in exchange for them (调休).
//
// A Calendar is data: the State Council publishes each year's in the autumn before
// (China has those of 2025 and 2026), and a district may add its own days. Of a
// year that nobody has published, Monday to Friday count; Knows tells.
//
//	calendar := worktime.China()
//	by := calendar.Add(opened, 3) // the end of the third working day after
//
// There is no clock and no time zone here: a moment is one of the district.
package worktime
