package api

import "ensemble/web/call"

// othersRoutes are what one decides about others, for oneself.
func (a *API) othersRoutes() []call.Route {
	routes := a.muteRoutes()
	routes = append(routes, a.domainBlockRoutes()...)
	routes = append(routes, a.peopleListRoutes()...)
	routes = append(routes, a.endorseRoutes()...)
	routes = append(routes, a.transferRoutes()...)
	routes = append(routes, a.archiveRoutes()...)
	return append(routes, a.tagRoutes()...)
}
