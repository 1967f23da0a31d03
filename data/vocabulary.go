package data

// Term is a word of the domain: the key that tables and files carry, and what
// people call it. Aliases are other spellings that imports accept.
type Term struct {
	Key     string
	Chinese string
	English string
	Aliases []string
}

// Grades are the reference grades; a district may define others, whose keys
// are then their own names.
var Grades = []Term{
	{"red", "红", "red", []string{"红色", "红码", "一级"}},
	{"yellow", "黄", "yellow", []string{"黄色", "黄码", "二级"}},
	{"blue", "蓝", "blue", []string{"蓝色", "蓝码", "三级"}},
}

// ResidentKinds are the reference kinds of residents.
var ResidentKinds = []Term{
	{"lone_elder", "独居老人", "lone elder", []string{"独居", "孤寡老人"}},
	{"empty_nest", "空巢老人", "elders on their own", []string{"空巢"}},
	{"disabled", "残疾人", "disabled", []string{"残疾", "重度残疾"}},
	{"child_in_difficulty", "困境儿童", "child in difficulty", []string{"留守儿童"}},
	{"hardship", "困难家庭", "household in hardship", []string{"低保户", "特困人员"}},
	{"chronic_illness", "慢性病患者", "chronically ill", []string{"慢病"}},
	{"mental_illness", "精神障碍患者", "mentally ill", []string{"精神障碍"}},
}

// VisitorKinds are the five kinds of visitors.
var VisitorKinds = []Term{
	{"department_cadre", "部门干部", "department cadre", []string{"机关干部"}},
	{"community_cadre", "村社区干部", "community cadre", []string{"社区干部", "村干部"}},
	{"grid_worker", "网格员", "grid worker", []string{"专职网格员"}},
	{"life_service_worker", "生活服务员", "life-service worker", []string{"生活服务人员"}},
	{"volunteer", "志愿者", "volunteer", nil},
}

// Tiers are the ranks of the fallback ladder.
var Tiers = []Term{
	{"micro-grid", "微网格", "micro-grid", []string{"微网格长"}},
	{"grid", "一般网格", "grid", []string{"网格长", "一般网格长"}},
	{"master-grid", "总网格", "master grid", []string{"总网格长"}},
	{"task-force", "工作专班", "task force", []string{"专班"}},
}

// Services are what facilities give.
var Services = []Term{
	{"meals", "助餐", "meals", []string{"食堂", "老年食堂", "助餐点"}},
	{"bathing", "助浴", "bathing", []string{"助浴点"}},
	{"clinic", "医疗", "clinic", []string{"卫生院", "卫生站", "社区卫生服务中心"}},
	{"day_care", "日间照料", "day care", []string{"日间照料中心", "养老服务中心"}},
	{"rehabilitation", "康复", "rehabilitation", []string{"康复站", "残疾人之家"}},
	{"children_home", "儿童之家", "children's home", []string{"童伴之家"}},
	{"elder_care", "综合养老", "comprehensive elder care", []string{"综合养老服务中心", "养老服务综合体", "养老院", "敬老院", "elder-care centre"}},
}

// NeedPlaces are where a need is met.
var NeedPlaces = []Term{
	{PlaceEither, "均可", "either", []string{"不限", "都可以", "any"}},
	{PlaceHome, "上门", "at home", []string{"居家", "入户", "上门服务", "home"}},
	{PlaceFacility, "到店", "at a facility", []string{"机构", "站点", "到站", "设施", "facility"}},
}

// Modes are the ways a visitor travels.
var Modes = []Term{
	{"foot", "步行", "on foot", []string{"走路", "walk"}},
	{"e-bike", "电动车", "e-bike", []string{"电瓶车", "ebike"}},
	{"car", "汽车", "by car", []string{"开车", "驾车", "drive"}},
}

// TaskKinds are the reference kinds of tasks; a district may define others.
var TaskKinds = []Term{
	{"service", "上门服务", "service at home", []string{"居家服务", "服务", "上门"}},
	{"patrol", "巡查", "patrol", []string{"巡查点", "巡逻", "巡检"}},
	{"door", "入户", "sweep", []string{"入户排查", "排查", "扫楼", "门户"}},
}

// Skills are what a visitor can do beyond a care visit, and so what services at
// home consist of; a district may define others.
var Skills = []Term{
	{"bathing", "助浴", "bath", []string{"上门助浴", "洗浴"}},
	{"cleaning", "助洁", "clean-up", []string{"保洁", "家政", "打扫"}},
	{"rehabilitation", "康复", "rehabilitation", []string{"康复训练", "理疗"}},
	{"meals", "助餐", "meal and company", []string{"送餐", "陪餐"}},
	{"nursing", "护理", "nursing", []string{"医护", "换药", "上门护理"}},
	{"social_work", "社会工作", "social work", []string{"社工", "社会工作者"}},
}
