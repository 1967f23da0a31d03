package main

import (
	"fmt"
	"io"

	"sanse/routing"
)

// tellFit says how well an outline fits the streets that it was drawn around.
func tellFit(w io.Writer, id string, c routing.Isochrone) error {
	fit, err := c.Reach.Fit(c.Polygon, c.Buffer)
	if err != nil {
		return fmt.Errorf("measure the outline of %s: %w", id, err)
	}
	inside := fit.StreetMetres - fit.OutsideMetres + fit.OtherMetres
	_, err = fmt.Fprintf(w, "sanse: %s, %v min: %.2f %% of the reached streets lie outside, %.1f %% of the streets inside are not reached; of the exact buffer of %v m the outline has %.1f %% more and lacks %.1f %%\n",
		id, float64(c.Seconds)/60, percent(fit.OutsideMetres, fit.StreetMetres), percent(fit.OtherMetres, inside),
		c.Buffer, percent(fit.OverM2, fit.BufferM2), percent(fit.UnderM2, fit.BufferM2))
	return err
}

// percent is a part of a whole; 0 of nothing.
func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}
