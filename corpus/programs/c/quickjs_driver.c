/* quickjs: evaluates the JavaScript on standard input; `print` writes a line. Exit status 1 when it throws. */
#include "quickjs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static JSValue print(JSContext *context, JSValueConst self, int argc, JSValueConst *argv) {
    (void)self;
    for (int i = 0; i < argc; i++) {
        const char *text = JS_ToCString(context, argv[i]);
        if (!text) return JS_EXCEPTION;
        printf(i ? " %s" : "%s", text);
        JS_FreeCString(context, text);
    }
    putchar('\n');
    return JS_UNDEFINED;
}

int main(void) {
    size_t size = 0, room = 1 << 16;
    char *source = malloc(room + 1);
    for (size_t got; source && (got = fread(source + size, 1, room - size, stdin)) > 0;) {
        size += got;
        if (size == room) source = realloc(source, (room *= 2) + 1);
    }
    if (!source) return 3;
    source[size] = '\0';
    JSRuntime *runtime = JS_NewRuntime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context) return 3;
    JSValue global = JS_GetGlobalObject(context);
    JS_SetPropertyStr(context, global, "print", JS_NewCFunction(context, print, "print", 1));
    JS_FreeValue(context, global);
    int status = 0;
    JSValue result = JS_Eval(context, source, size, "<stdin>", JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(result)) {
        JSValue error = JS_GetException(context);
        const char *text = JS_ToCString(context, error);
        fprintf(stderr, "%s\n", text ? text : "an exception without a text");
        if (text) JS_FreeCString(context, text);
        JS_FreeValue(context, error);
        status = 1;
    }
    JS_FreeValue(context, result);
    JS_FreeContext(context);
    JS_FreeRuntime(runtime);
    free(source);
    return status;
}
