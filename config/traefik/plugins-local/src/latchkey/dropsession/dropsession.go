// Package dropsession is a Traefik plugin that takes the named cookies out of requests. It stands behind the forwardAuth
// middleware: Latchkey needs its cookies, the application does not, and what it does not have it cannot lose.
package dropsession

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Config is what dynamic.yaml says.
type Config struct {
	Names []string `json:"names,omitempty"`
}

// CreateConfig makes an empty one.
func CreateConfig() *Config {
	return &Config{}
}

type dropSession struct {
	next  http.Handler
	names map[string]bool
}

// New is called by Traefik for each use of the middleware.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	if len(config.Names) == 0 {
		return nil, errors.New("dropsession: names is empty")
	}
	names := map[string]bool{}
	for _, name := range config.Names {
		names[name] = true
	}
	return &dropSession{next: next, names: names}, nil
}

// ServeHTTP writes the Cookie header anew, without the named ones.
func (d *dropSession) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var kept []string
	for _, line := range r.Header["Cookie"] {
		for _, pair := range strings.Split(line, ";") {
			pair = strings.TrimSpace(pair)
			name := strings.TrimSpace(strings.SplitN(pair, "=", 2)[0])
			if pair != "" && !d.names[name] {
				kept = append(kept, pair)
			}
		}
	}
	r.Header.Del("Cookie")
	if len(kept) > 0 {
		r.Header.Set("Cookie", strings.Join(kept, "; "))
	}
	d.next.ServeHTTP(w, r)
}
