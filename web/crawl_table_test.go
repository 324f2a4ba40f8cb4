package web_test

import "strings"

// An example is a path of a route, and who looks at it: guest, person, bob, owner, or
// several of them. A path that ends in " →" leads elsewhere, and one that ends in " ⇩" is
// a file; with " =410", it answers so.
type example struct{ who, path string }

// examples are those of every page of the table of routes.
var examples = map[string][]example{
	"/":                      {{"guest", "/"}, {"person", "/ →"}},
	"/about":                 {{"guest person", "/about"}},
	"/about/rollout":         {{"guest person", "/about/rollout"}},
	"/about/rules":           {{"guest person", "/about/rules"}},
	"/about/transparency":    {{"guest person", "/about/transparency"}},
	"/privacy":               {{"guest", "/privacy"}},
	"/terms":                 {{"guest", "/terms"}},
	"/privacy-policy":        {{"guest", "/privacy-policy"}},
	"/terms-of-service":      {{"guest", "/terms-of-service"}},
	"/docs/api":              {{"guest", "/docs/api"}},
	"/docs/api/:part":        {{"guest", "/docs/api/noun-Ensemble.Collab"}, {"guest", "/docs/api/collabs"}},
	"/@:name":                {{"guest person", "/@alice"}, {"person", "/@bob"}, {"person", "/@eve@two.example"}},
	"/@:name/with_replies":   {{"guest person", "/@alice/with_replies"}},
	"/@:name/media":          {{"guest person", "/@alice/media"}},
	"/@:name/collabs":        {{"guest person", "/@alice/collabs"}, {"guest person", "/@mo/collabs"}},
	"/@:name/followers":      {{"person", "/@alice/followers"}},
	"/@:name/following":      {{"person", "/@alice/following"}},
	"/@:name/credits":        {{"guest person", "/@alice/credits"}},
	"/@:name/:id":            {{"guest person", "/@alice/{post}"}, {"guest person", "/@alice/{duet}"}, {"guest person bob", "/@alice/{published}"}},
	"/@:name/:id/share.png":  {{"guest", "/@alice/{post}/share.png ⇩"}},
	"/tags/:tag":             {{"guest person", "/tags/qz"}, {"guest person", "/tags/nobody"}, {"guest", "/tags/qz.rss ⇩"}},
	"/statuses/:id":          {{"person", "/statuses/{post} →"}},
	"/statuses/:id/history":  {{"person", "/statuses/{duet}/history"}},
	"/statuses/:id/boosts":   {{"person", "/statuses/{post}/boosts"}},
	"/statuses/:id/quotes":   {{"person", "/statuses/{post}/quotes"}},
	"/statuses/:id/delete":   {{"person", "/statuses/{post}/delete"}},
	"/people/:id":            {{"person", "/people/{eve} →"}},
	"/people/:id/:act":       {{"person", "/people/{eve}/block"}, {"person", "/people/{eve}/mute"}, {"person", "/people/{eve}/remove"}},
	"/home":                  {{"person", "/home"}},
	"/local":                 {{"person", "/local"}},
	"/public":                {{"person", "/public"}},
	"/bookmarks":             {{"person", "/bookmarks"}},
	"/favourites":            {{"person", "/favourites"}},
	"/conversations":         {{"person", "/conversations"}},
	"/search":                {{"person", "/search"}, {"person", "/search?q=bob"}, {"person", "/search?q=qzqzqz"}},
	"/follow_requests":       {{"person", "/follow_requests"}},
	"/compose":               {{"person", "/compose"}, {"person", "/compose?in_reply_to={post}"}, {"person", "/compose?with=bob"}},
	"/drafts":                {{"person", "/drafts"}, {"bob", "/drafts"}},
	"/lists":                 {{"person", "/lists"}, {"bob", "/lists"}},
	"/lists/:id":             {{"person", "/lists/{list}"}},
	"/lists/:id/edit":        {{"person", "/lists/{list}/edit"}},
	"/notifications":         {{"person", "/notifications"}, {"person", "/notifications?kind=collabs"}, {"owner", "/notifications"}},
	"/notifications/policy":  {{"person", "/notifications/policy"}},
	"/authorize_interaction": {{"person", "/authorize_interaction?uri=https://one.example/@bob →"}},
	"/interact":              {{"guest", "/interact?uri=https://one.example/@alice"}},

	"/statuses/:id/favourites":    {{"person", "/statuses/{post}/favourites"}},
	"/notifications/requests":     {{"person", "/notifications/requests"}, {"bob", "/notifications/requests"}},
	"/notifications/requests/:id": {{"person", "/notifications/requests/{held}"}},

	"/collabs":                  {{"person", "/collabs"}, {"owner", "/collabs"}},
	"/collabs/:id":              {{"person", "/collabs/{collab}"}, {"person", "/collabs/{offered}"}},
	"/collabs/:id/audit":        {{"person", "/collabs/{collab}/audit"}},
	"/collabs/:id/preview":      {{"person", "/collabs/{offered}/preview"}},
	"/collabs/:id/reach":        {{"person", "/collabs/{collab}/reach"}},
	"/collabs/:id/revise":       {{"person", "/collabs/{offered}/revise"}, {"person", "/collabs/{collab}/revise"}},
	"/collabs/:id/history.json": {{"person", "/collabs/{collab}/history.json ⇩"}},
	"/requests":                 {{"person", "/requests"}, {"owner", "/requests"}},
	"/requests/:id":             {{"person", "/requests/{request}"}},
	"/requests/:id/decline":     {{"person", "/requests/{request}/decline"}},
	"/credits":                  {{"person", "/credits"}},
	"/credit":                   {{"person", "/credit?status={post}"}},
	"/claim":                    {{"bob", "/claim?status={post}"}},
	"/claims":                   {{"person", "/claims"}, {"owner", "/claims"}},
	"/claims/:id":               {{"person bob", "/claims/{claim}"}},
	"/derivatives/:id":          {{"person", "/derivatives/{post}"}},
	"/confirm/:secret":          {{"guest", "/confirm/LINK"}},
	"/confirmations/:id":        {{"guest", "/confirmations/{confirmation}"}},

	"/settings": {{"person", "/settings →"}},
	"/settings/:page": {
		{"person", "/settings/profile"}, {"person", "/settings/privacy"}, {"person", "/settings/language"}, {"person", "/settings/notifications"},
		{"person", "/settings/filters"}, {"person", "/settings/blocks"}, {"person", "/settings/factors"}, {"person", "/settings/data"},
		{"person", "/settings/move"}, {"person", "/settings/delete"},
	},
	"/settings/security":     {{"person", "/settings/security"}},
	"/warnings":              {{"person", "/warnings"}, {"bob", "/warnings"}},
	"/warnings/:id":          {{"person", "/warnings/{warning}"}},
	"/appeal/:key":           {{"guest", "/appeal/APPEALKEY"}},
	"/report":                {{"person", "/report?account={eve}"}, {"person", "/report?status={published}"}},
	"/mail/unsubscribe/:key": {{"guest", "/mail/unsubscribe/{key}"}},

	"/auth/sign_in":       {{"guest", "/auth/sign_in"}, {"guest", "/auth/sign_in?return_to=%2Fhome"}},
	"/auth/sign_up":       {{"guest", "/auth/sign_up"}},
	"/auth/confirmation":  {{"guest", "/auth/confirmation =410"}},
	"/auth/password/new":  {{"guest", "/auth/password/new"}},
	"/auth/password/edit": {{"guest", "/auth/password/edit?reset_password_token=x =410"}},
	"/auth/email":         {{"guest", "/auth/email?token=x =410"}},
	"/invite/:code":       {{"guest", "/invite/QZINVITE →"}},
	"/oauth/authorize":    {{"guest person", "/oauth/authorize?client_id=APP&response_type=code&scope=read&redirect_uri=https%3A%2F%2Fapp.example%2Fback"}},

	"/admin":                     {{"owner", "/admin"}},
	"/admin/appeals":             {{"owner", "/admin/appeals"}},
	"/admin/claims":              {{"owner", "/admin/claims"}},
	"/admin/backups":             {{"owner", "/admin/backups"}},
	"/admin/delivery":            {{"owner", "/admin/delivery"}},
	"/admin/delivery/:host":      {{"owner", "/admin/delivery/two.example"}},
	"/admin/doors":               {{"owner", "/admin/doors"}},
	"/admin/doors/email":         {{"owner", "/admin/doors/email"}},
	"/admin/doors/invites":       {{"owner", "/admin/doors/invites"}},
	"/admin/doors/networks":      {{"owner", "/admin/doors/networks"}},
	"/admin/health":              {{"owner", "/admin/health"}},
	"/admin/house":               {{"owner", "/admin/house"}},
	"/admin/house/announcements": {{"owner", "/admin/house/announcements"}},
	"/admin/house/emoji":         {{"owner", "/admin/house/emoji"}},
	"/admin/log":                 {{"owner", "/admin/log"}},
	"/admin/people":              {{"owner", "/admin/people"}, {"owner", "/admin/people?q=qzqz"}},
	"/admin/people/:id":          {{"owner", "/admin/people/{alice}"}, {"owner", "/admin/people/{eve}"}},
	"/admin/reports":             {{"owner", "/admin/reports"}},
	"/admin/reports/:id":         {{"owner", "/admin/reports/{report}"}},
	"/admin/roles":               {{"owner", "/admin/roles"}},
	"/admin/rollout":             {{"owner", "/admin/rollout"}},
	"/admin/servers":             {{"owner", "/admin/servers"}},
	"/admin/servers/export.csv":  {{"owner", "/admin/servers/export.csv ⇩"}},
	"/admin/servers/lists":       {{"owner", "/admin/servers/lists"}},
	"/admin/servers/rule/:id":    {{"owner", "/admin/servers/rule/{rule}"}},
	"/admin/storage":             {{"owner", "/admin/storage"}},
	"/admin/trace":               {{"owner", "/admin/trace"}, {"owner", "/admin/trace?of=https://one.example/@alice/{post}"}},

	"/admin/settings": {{"owner", "/admin/settings →"}},
	"/admin/setup":    {{"owner", "/admin/setup →"}},
	"/admin/settings/:part": {
		{"owner", "/admin/settings/server"}, {"owner", "/admin/settings/people"}, {"owner", "/admin/settings/mail"}, {"owner", "/admin/settings/storage"}, {"owner", "/admin/settings/legal"},
	},
	"/admin/settings/legal/:kind/:language": {{"owner", "/admin/settings/legal/terms/en"}, {"owner", "/admin/settings/legal/privacy/fr"}},
	"/admin/setup/:part": {
		{"owner", "/admin/setup/server"}, {"owner", "/admin/setup/people"}, {"owner", "/admin/setup/mail"}, {"owner", "/admin/setup/storage"}, {"owner", "/admin/setup/legal"}, {"owner", "/admin/setup/check"},
	},
	"/admin/setup/legal/:kind/:language": {{"owner", "/admin/setup/legal/terms/en"}, {"owner", "/admin/setup/legal/privacy/fr"}},
}

// notShown are routes whose page needs a moment that no table can hold: the stories of
// their features look at it.
var notShown = map[string]bool{
	"/auth/confirm": true, // the way back from another server
	"/setup":        true, // before a server has an owner
}

// alike are words that French and English share, and names that are in no language.
var alike = strings.Fields(`Ensemble Atom RSS API ALT SQLite UTC https
	One Alice Bob Eve Mo alice bob mug
	Administration Audience Collaborations Conversations Date Dates Description Illustration Invitations Notes Notifications Option
	Original Permission Photo Position Public Source Version minutes silence Pages Mentions Français English Archive`)
