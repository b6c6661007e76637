#pragma once
#include <yaml.h>

// The members of yaml_event_t that a tree needs, read through the pointer: Swift would copy the whole union (104 bytes)
// each time it reads one member of it.

static inline const unsigned char *clibyaml_scalar_value(const yaml_event_t *event) { return event->data.scalar.value; }
static inline size_t clibyaml_scalar_length(const yaml_event_t *event) { return event->data.scalar.length; }

// 1 where the scalar is plain (neither quoted nor a block).
static inline int clibyaml_scalar_is_plain(const yaml_event_t *event) {
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

// The anchor of a node event, or the name of an alias event; NULL where there is none.
static inline const char *clibyaml_anchor(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.anchor;
    case YAML_ALIAS_EVENT: return (const char *)event->data.alias.anchor;
    default: return NULL;
    }
}

// The tag of a node event; NULL where there is none. The non-specific tag "!" counts as one.
static inline const char *clibyaml_tag(const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT: return (const char *)event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return (const char *)event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT: return (const char *)event->data.mapping_start.tag;
    default: return NULL;
    }
}

// 1 where a document start event carries %TAG directives.
static inline int clibyaml_has_tag_directives(const yaml_event_t *event) {
    return event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end;
}
