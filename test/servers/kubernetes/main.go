// Command manifests says of Kubernetes objects what a cluster would, without a cluster.
//
//	manifests build DIR    prints what `kubectl apply -k DIR` would send
//	manifests check FILE   reads objects and prints what is wrong with them; exits 1 if anything is
//
// Objects are decoded strictly (an unknown or doubled field is an error), given their defaults, and validated by the API
// server's own code. A ServiceMonitor is validated as the server does with what the operator defines: by the schema in
// servicemonitors.yaml beside this program.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

var strategies = map[string]rest.RESTCreateStrategy{
	"ConfigMap":     configmap.Strategy,
	"DaemonSet":     daemonset.Strategy,
	"Deployment":    deployment.Strategy,
	"NetworkPolicy": networkpolicy.Strategy,
	"Service":       service.Strategy,
	"StatefulSet":   statefulset.Strategy,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: manifests build DIR | manifests check FILE")
	}
	switch args[0] {
	case "build":
		return build(args[1])
	case "check":
		return check(args[1])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

func build(dir string) error {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy // as kubectl
	made, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return err
	}
	text, err := made.AsYaml()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	scheme := legacyscheme.Scheme
	if err := monitoringv1.AddToScheme(scheme); err != nil {
		return err
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
	documents := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(text)))
	defer documents.Close()
	buffer := make([]byte, len(text)+1) // a document longer than the buffer comes in pieces
	found := []error{}
	checked := 0
	for {
		n, err := documents.Read(buffer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		checked++
		kind, name, err := checkOne(strict, buffer[:n])
		if err != nil {
			found = append(found, fmt.Errorf("%s %s: %w", kind, name, err))
		} else {
			fmt.Println(kind, name)
		}
	}
	if checked == 0 {
		return errors.New("no objects")
	}
	return errors.Join(found...)
}

func checkOne(decoder runtime.Decoder, document []byte) (kind string, name string, err error) {
	object, id, err := decoder.Decode(document, nil, nil)
	if id != nil {
		kind = id.Kind
	}
	if err != nil {
		return kind, fmt.Sprintf("%.60q", document), err
	}
	about, err := meta.Accessor(object)
	if err != nil {
		return kind, "", err
	}
	name = about.GetName()
	if id.Group == "monitoring.coreos.com" {
		return kind, name, checkBySchema(document)
	}
	strategy, isKnown := strategies[id.Kind]
	if !isKnown {
		return kind, name, errors.New("no object that this program checks")
	}
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.UnsafeConvertToVersion(object, schema.GroupVersions{{Group: id.Group, Version: runtime.APIVersionInternal}})
	if err != nil {
		return kind, name, err
	}
	created, err := meta.Accessor(internal)
	if err != nil {
		return kind, name, err
	}
	rest.FillObjectMetaSystemFields(created)
	// The server does so where it gives out addresses.
	if service, isService := internal.(*core.Service); isService && service.Spec.ClusterIP != "" && service.Spec.ClusterIPs == nil {
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
	namespace := created.GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	ctx := genericapirequest.WithNamespace(genericapirequest.NewContext(), namespace)
	return kind, name, rest.BeforeCreate(strategy, ctx, internal)
}

// checkBySchema says what the operator's schema has against a ServiceMonitor.
func checkBySchema(document []byte) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(program), "servicemonitors.yaml"))
	if err != nil {
		return err
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(text, &definition); err != nil {
		return err
	}
	var schema apiextensions.JSONSchemaProps
	published := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(published, &schema, nil); err != nil {
		return err
	}
	validator, _, err := validation.NewSchemaValidator(&schema)
	if err != nil {
		return err
	}
	asJSON, err := yaml.YAMLToJSON(document)
	if err != nil {
		return err
	}
	var object map[string]any
	if err := utiljson.Unmarshal(asJSON, &object); err != nil {
		return err
	}
	return validation.ValidateCustomResource(nil, object, validator).ToAggregate()
}
