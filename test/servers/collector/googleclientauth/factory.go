// Package googleclientauth makes the extension of that name out of Google's module, which has everything but a factory.
// The Collector's contrib distribution does the same, in a module that the proxy does not serve.
package googleclientauth

import (
	google "github.com/GoogleCloudPlatform/opentelemetry-operations-go/extension/googleclientauthextension"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
)

// NewFactory is what the Collector's builder asks for.
func NewFactory() extension.Factory {
	return extension.NewFactory(
		component.MustNewType("googleclientauth"),
		google.CreateDefaultConfig,
		google.CreateExtension,
		component.StabilityLevelDevelopment,
	)
}
