package service

// GradesBefore is gradesBefore.
var GradesBefore = gradesBefore
