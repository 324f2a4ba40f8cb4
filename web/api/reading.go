package api

import (
	"slices"

	"ensemble/web/call"
)

// readingRoutes are what people read by, and what they keep for it.
func (a *API) readingRoutes() []call.Route {
	return slices.Concat(a.filterRoutes(), a.conversationRoutes(), a.scheduledRoutes(), a.threadRoutes(), a.markerRoutes(), a.trendRoutes(),
		a.announcementRoutes(), a.oembedRoutes())
}
