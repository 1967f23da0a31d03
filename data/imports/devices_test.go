package imports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/imports"
)

const deviceHeader = "设备编号,设备类型,关爱对象编号,网格编码,停用\n"

func TestDeviceRowsAreStored(t *testing.T) {
	b := setupTasks(t)
	rep, err := b.run(imports.Devices, b.file(t, "d.csv", deviceHeader+
		"SB-1,智能手环,R1,,\nSB-2,烟感,,510199001001001,\nSB-3,door sensor,R1,,是\n"))
	mustRun(t, rep, err)
	want := []data.Device{
		{ID: "SB-1", Kind: "wristband", Resident: "R1"}, {ID: "SB-2", Kind: "smoke", Area: "510199001001001"}, {ID: "SB-3", Kind: "door_sensor", Resident: "R1", Ended: b.env.Now},
	}
	if diff := cmp.Diff(want, b.sink.devices); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestDevicesThatAreWrongSayWhy(t *testing.T) {
	for _, c := range []struct{ name, row, column string }{
		{"no id", ",手环,R1,,", "设备编号"},
		{"a kind that there is not", "SB-1,烤箱,R1,,", "设备类型"},
		{"of nobody and nowhere", "SB-1,手环,,,", "关爱对象编号"},
		{"of both", "SB-1,手环,R1,510199001001001,", "关爱对象编号"},
		{"of a stranger", "SB-1,手环,R9,,", "关爱对象编号"},
		{"in a community", "SB-1,烟感,,510199001001,", "网格编码"},
		{"ended perhaps", "SB-1,烟感,R1,,perhaps", "停用"},
		{"twice", "SB-1,烟感,R1,,\nSB-1,烟感,R1,,", "设备编号"},
	} {
		b := setupTasks(t)
		rep, _ := b.run(imports.Devices, b.file(t, "d.csv", deviceHeader+c.row+"\n")) // the report says it
		if len(rep.Refusals) != 1 || rep.Refusals[0].Column != c.column {
			t.Errorf("%s: %+v", c.name, rep.Refusals)
		}
	}
}
