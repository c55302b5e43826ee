# Cordon. `make` builds out/cordon, `make check` tests it, `make report` compiles the examples; the rest is in `make help`.
# One variable, B, moves a whole build: objects of a sanitizer, coverage or fuzzing build never mix with the plain ones.
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help report check bless bench bench-noise fuzz asan lint cov install uninstall clean deps editors layout \
        library-readme check-run report-run FORCE

CC      = cc
CFLAGS  = -O2 -g
# Optimising across files makes everything a tenth faster. Objects hold plain code too, so that the tests link quickly.
LTO     = $(if $(filter -O2,$(CFLAGS)),$(if $(findstring Free Software,$(shell $(CC) --version)),-flto=auto -ffat-lto-objects))
LTO    := $(LTO)
PREFIX  = /usr/local
DESTDIR =
B       = out/build
TIME    = 60
# V=1 shows every command.
Q       = $(if $(V),,@)
SIZES   = 10 100 1000 10000 100000 1000000

# The plain build leaves the program at out/cordon, any other one inside its own folder.
BIN     = $(if $(filter out/build,$(B)),out,$(B))/cordon
WARN    = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wundef -Wstrict-prototypes \
          -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wpointer-arith -fno-common
# More flags for the files written by hand, not for the generated ones: `make lint` sets them.
STRICT  =
DEFS    = -D_XOPEN_SOURCE=700 -Icompiler -I$(B)
PKGS    = libcgraph jansson expat libcmark libutf8proc nettle
# Loaded when it is needed, not linked: see compiler/dossier/xlsx.h.
LOADED  = xlsxwriter
TEST_PKGS = criterion zlib
# Asked once, and only when something is compiled or linked: `make deps` must run without them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(LOADED)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)) -lm)$(PKG_LIBS)
TEST_LIBS  = $(eval TEST_LIBS := $(shell pkg-config --libs $(TEST_PKGS)))$(TEST_LIBS)

SRC     := $(sort $(wildcard compiler/*/*.c))
PROGRAMS = compiler/tools/main.c compiler/tools/embed.c
LIB_SRC  = $(filter-out $(PROGRAMS),$(SRC))
GEN      = $(B)/cordon.tab.c $(B)/cordon.lex.c $(B)/library.c $(B)/catalogue.c
OBJ      = $(LIB_SRC:compiler/%.c=$(B)/%.o) $(GEN:.c=.o)
TESTS   := $(sort $(wildcard tests/*.c tests/unit/*.c tests/limits/*.c tests/cli/*.c) tests/bench/gen.c)
TEST_OBJ = $(TESTS:tests/%.c=$(B)/tests/%.o)
HEADERS  = $(B)/cordon.tab.h $(B)/cordon.lex.h
MODULES := $(sort $(shell find stdlib -name '*.cordon'))
TABLES  := $(sort $(wildcard stdlib/catalogue/*.csv))
EXAMPLES := $(foreach d,$(wildcard examples/*/),$(wildcard $(d)$(notdir $(d:/=)).cordon))
REPORTS  = $(patsubst examples/%/,out/report/%/.done,$(dir $(EXAMPLES)))
HARNESSES = parse compile format import vector

all: $(if $(wildcard compiler/tools/main.c),$(BIN),$(B)/libcordon.a)

help:
	@echo 'all       out/cordon (the default)'
	@echo 'report    every model of examples/ compiled to out/report/NAME/'
	@echo 'check     every test; ends with their count'
	@echo 'asan      the same tests under the address and undefined-behaviour sanitizers, no leak allowed'
	@echo 'cov       the same tests with line coverage; fails under 90 %'
	@echo 'fuzz      every fuzzer for TIME=$(TIME) seconds'
	@echo 'bench     seconds and memory for models of SIZES="$(SIZES)" elements'
	@echo 'bench-noise  open and possible threats for each flow, facts asked, threats said twice; MODELS= and PACKS= add to it'
	@echo 'lint      layers, layout, static analysis, editor files'
	@echo 'bless     accept the present output of the golden tests'
	@echo 'editors   write the keyword lists of the editor files anew from the grammar'
	@echo 'library-readme  write stdlib/README.md anew from its introduction and the rules'
	@echo 'layout    bring the C code into its layout'
	@echo 'deps      bring what is missing through apt-get, or print the command'
	@echo 'install   PREFIX=$(PREFIX) DESTDIR=; uninstall takes the same away'
	@echo 'clean     remove everything built'

# ---- the program ----

$(BIN): $(B)/tools/main.o $(B)/libcordon.a
	@mkdir -p $(@D)
	$(if $(V),,@echo '  ld $@')
	$(Q)$(CC) $(CFLAGS) $(LTO) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(B)/libcordon.a: $(OBJ) $(B)/sources.list
	$(if $(V),,@echo '  ar $@')
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/cordon.tab.c $(B)/cordon.tab.h &: grammar/cordon.y
	@mkdir -p $(@D)
	$(if $(V),,@echo '  bison $<')
	$(Q)bison -Wall -Werror -Wcounterexamples --header=$(B)/cordon.tab.h -o $(B)/cordon.tab.c $<

$(B)/cordon.lex.c $(B)/cordon.lex.h &: grammar/cordon.l
	@mkdir -p $(@D)
	$(if $(V),,@echo '  flex $<')
	$(Q)flex --header-file=$(B)/cordon.lex.h -o $(B)/cordon.lex.c $<

# Lists of files, touched only when a file came or went: what is made of a whole folder depends on them.
$(B)/sources.list: FORCE
	@mkdir -p $(@D); echo $(SRC) | cmp -s - $@ || echo $(SRC) > $@
$(B)/modules.list: FORCE
	@mkdir -p $(@D); echo $(MODULES) $(TABLES) | cmp -s - $@ || echo $(MODULES) $(TABLES) > $@

# The standard library is checked and made into constants by a program of the same objects. Who builds for another machine names
# one made for this: make CC=... B=... EMBED=out/build/embed
EMBED = $(B)/embed
$(B)/embed: $(B)/tools/embed.o $(filter-out $(B)/library.o,$(OBJ))
	$(if $(V),,@echo '  ld $@')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
# A new compiler mostly makes the same of it: then nothing else is made anew.
$(B)/library.made: $(EMBED) $(MODULES) $(B)/modules.list
	@$(EMBED) stdlib $(MODULES) > $@.c
	@cmp -s $@.c $(B)/library.c || cp $@.c $(B)/library.c
	@rm $@.c; touch $@; echo "checked $(words $(MODULES)) modules of the standard library"
$(B)/library.c: $(B)/library.made ; @:

$(B)/catalogue.c: compiler/program/catalogue.awk $(TABLES) $(B)/modules.list
	@LC_ALL=C awk -f $< $(addprefix stdlib/catalogue/,cwe.csv capec.csv attack.csv) > $@
	@echo "made $@ from $(words $(TABLES)) catalogues"

$(B)/%.o: compiler/%.c | $(HEADERS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  cc $<')
	$(Q)$(CC) $(WARN) $(STRICT) $(DEFS) $(PKG_CFLAGS) $(CFLAGS) $(LTO) -MMD -MP -c -o $@ $<
$(B)/cordon.%.o: $(B)/cordon.%.c | $(HEADERS)
	$(if $(V),,@echo '  cc $<')
	$(Q)$(CC) -std=c11 -Wall $(DEFS) $(CFLAGS) $(LTO) -MMD -MP -c -o $@ $<
$(B)/library.o $(B)/catalogue.o: $(B)/%.o: $(B)/%.c
	$(if $(V),,@echo '  cc $<')
	$(Q)$(CC) -std=c11 -Wall $(DEFS) $(CFLAGS) -MMD -MP -c -o $@ $<
-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(B)/tools/main.d $(B)/tools/embed.d $(B)/tests/bench/bench.d $(B)/tests/bench/gen.d \
         $(B)/tests/bench/noise.d

# ---- tests ----

$(B)/tests/%.o: tests/%.c | $(HEADERS)
	@mkdir -p $(@D)
	$(if $(V),,@echo '  cc $<')
	$(Q)$(CC) -std=c11 -Wall -Wextra -Itests $(DEFS) $(PKG_CFLAGS) $(CFLAGS) -fno-pie -MMD -MP -c -o $@ $<
# Not position-independent: Criterion runs each test in a fresh process, and addresses must not move between them.
$(B)/unit: $(TEST_OBJ) $(B)/libcordon.a
	$(if $(V),,@echo '  ld $@')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -no-pie -o $@ $^ $(PKG_LIBS) $(TEST_LIBS)

check: deps
	@+$(MAKE) --no-print-directory check-run
# Criterion finds its tests by way of /proc; without, it would pass with none.
check-run: $(BIN) $(B)/unit
	@test -r /proc/self/maps || { echo 'check: /proc is not mounted'; exit 1; }
	CORDON=$(BIN) $(B)/unit -j0
bless: $(BIN) $(B)/unit
	-UPDATE=1 CORDON=$(BIN) $(B)/unit -j0 --filter 'golden/*'
	@git diff --stat -- tests/golden

# Criterion takes no notice of leaks at exit: any report in the log folder is a failure, but for what Criterion itself has lost
# (for which the exit status is not asked).
asan:
	@rm -rf out/asan/log && mkdir -p out/asan/log
	ASAN_OPTIONS=exitcode=0:log_path=$(CURDIR)/out/asan/log/asan UBSAN_OPTIONS=print_stacktrace=1 \
	  $(MAKE) --no-print-directory B=out/asan check-run \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
	@if grep -hsE '^ *#1 |runtime error|ERROR: AddressSanitizer' out/asan/log/* | grep -v libcriterion; then \
	  cat out/asan/log/*; exit 1; fi
	@echo 'asan: nothing reported'

cov:
	@find out/cov -name '*.gcda' -delete 2>/dev/null || true
	$(MAKE) --no-print-directory B=out/cov CFLAGS='-O0 -g --coverage' check-run
	gcovr -r . --object-directory out/cov --filter compiler/ --filter grammar/ --print-summary --fail-under-line 90

fuzz: $(B)/cordon.dict
	@$(MAKE) --no-print-directory B=out/fuzz CC=clang \
	  CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' out/fuzz/libcordon.a
	@for h in $(HARNESSES); do mkdir -p out/fuzz/found/$$h && echo "fuzzing $$h for $(TIME) s" && \
	  clang -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined -D_XOPEN_SOURCE=700 -Icompiler -Iout/fuzz \
	    -o out/fuzz/$$h tests/fuzz/$$h.c out/fuzz/libcordon.a $(PKG_LIBS) && \
	  out/fuzz/$$h -max_total_time=$(TIME) -timeout=20 -rss_limit_mb=2048 -max_len=16384 -dict=$(B)/cordon.dict \
	    -artifact_prefix=out/fuzz/$$h- -print_final_stats=1 out/fuzz/found/$$h $$(ls -d tests/fuzz/$$h/ 2> /dev/null) tests/fuzz/corpus tests/golden/* \
	    2> out/fuzz/$$h.log || { tail -40 out/fuzz/$$h.log; exit 1; }; \
	  grep -E 'executed_units|peak_rss' out/fuzz/$$h.log; done
$(B)/cordon.dict: grammar/editors/keywords.awk grammar/cordon.y
	@mkdir -p $(@D)
	awk -v form=dict -f $^ > $@

# ---- figures ----

$(B)/bench: $(B)/tests/bench/bench.o $(B)/tests/bench/gen.o $(B)/libcordon.a
	$(if $(V),,@echo '  ld $@')
	$(Q)$(CC) $(CFLAGS) $(LTO) $(LDFLAGS) -no-pie -o $@ $^ $(PKG_LIBS)
bench: $(B)/bench
	$(B)/bench $(SIZES)
$(B)/noise: $(B)/tests/bench/noise.o $(B)/libcordon.a
	$(if $(V),,@echo '  ld $@')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -no-pie -o $@ $^ $(PKG_LIBS)
bench-noise: $(B)/noise
	@$(B)/noise --stdlib stdlib $(PACKS:%=--with %) $(EXAMPLES) $(MODELS)

# ---- reports ----

report: deps
	@+$(MAKE) --no-print-directory report-run
report-run: $(REPORTS)
out/report/%/.done: $(BIN)
	@mkdir -p $(@D)
	$(BIN) build examples/$*/$*.cordon -o $(@D) --depfile $(@D)/.models
	@sed '1s|^[^:]*:|$@:|' $(@D)/.models > $(@D)/.d && rm -f $(@D)/.models && touch $@
-include $(REPORTS:.done=.d)

# ---- hygiene ----

C_FILES = $(sort $(wildcard compiler/*/*.[ch] tests/*.[ch] tests/*/*.[ch]))
LAYERS = base score source syntax program exchange rules ruletest risk emit compare draw dossier report tools
lint: $(HEADERS)
	@awk -v layers='$(LAYERS)' -f compiler/layers.awk $(sort $(wildcard compiler/*/*.[ch]))
	@awk -v form=vim -f grammar/editors/keywords.awk grammar/cordon.y | \
	  cmp -s - grammar/editors/vim/syntax/cordon_keywords.vim || { echo 'grammar/editors is out of date: make editors'; exit 1; }
	@wc -l $(SRC) | awk '$$1 > 700 && $$2 != "total" { print $$2 ": " $$1 " lines are too many for one file" }'
	@clang-format --dry-run -Werror $(C_FILES)
	$(MAKE) --no-print-directory B=out/lint CC=gcc CFLAGS=-O1 STRICT='-fanalyzer -Werror' out/lint/libcordon.a
	$(MAKE) --no-print-directory B=out/lint-clang CC=clang CFLAGS=-O1 STRICT=-Werror out/lint-clang/libcordon.a
	@echo 'lint: clean'

# Brings the C code into the layout that lint asks for.
layout:
	clang-format -i $(C_FILES)

editors:
	awk -v form=vim -f grammar/editors/keywords.awk grammar/cordon.y > grammar/editors/vim/syntax/cordon_keywords.vim

# The guide to the library: what is written by hand, then the tables of its packs and rules. A test says when it is out of date.
library-readme: $(BIN)
	@$(BIN) rules --stdlib stdlib --format md --brief > $(B)/rules.md
	@{ echo '<!-- Made by `make library-readme` of intro.md and of the rules: change those, not this file. -->'; \
	  cat stdlib/intro.md; echo; tail -n +3 $(B)/rules.md; } > $(B)/README.md
	@mv $(B)/README.md stdlib/README.md

# ---- what the machine must have ----

PACKAGES = gcc libc6-dev flex bison pkg-config graphviz libgraphviz-dev libjansson-dev libexpat1-dev libcmark-dev libutf8proc-dev \
           nettle-dev libxlsxwriter-dev zlib1g-dev libcriterion-dev
deps:
	@ok=yes; for c in $(CC) flex bison pkg-config dot; do command -v $$c > /dev/null || ok=; done; \
	test $$ok && pkg-config --exists $(PKGS) $(LOADED) $(TEST_PKGS) && exit 0; \
	get='apt-get install -y --no-install-recommends $(PACKAGES)'; \
	if ! command -v apt-get > /dev/null; then \
	  echo 'These packages (by their names in Debian) are needed; please install them: $(PACKAGES)'; exit 1; \
	elif [ $$(id -u) = 0 ]; then \
	  export DEBIAN_FRONTEND=noninteractive; apt-get update && $$get; \
	elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then \
	  sudo -n apt-get update && sudo -n env DEBIAN_FRONTEND=noninteractive $$get; \
	else echo 'Some packages are missing. Please run:'; echo "  sudo $$get"; exit 1; fi

# ---- installing ----

SHARE   = $(DESTDIR)$(PREFIX)/share
VIM     = $(SHARE)/vim/vimfiles
VIM_FILES = $(wildcard grammar/editors/vim/*/*.vim)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/bash-completion/completions \
	  $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/cordon
	for f in $(MODULES) $(TABLES); do install -D -m 644 $$f $(SHARE)/cordon/$$f || exit 1; done
	for f in $(VIM_FILES); do install -D -m 644 $$f $(VIM)/$${f#grammar/editors/vim/} || exit 1; done
	install -m 644 compiler/tools/cordon.1 $(SHARE)/man/man1/cordon.1
	install -m 644 compiler/tools/completion.bash $(SHARE)/bash-completion/completions/cordon
	install -m 644 compiler/tools/completion.zsh $(SHARE)/zsh/site-functions/_cordon
	install -m 644 compiler/tools/completion.fish $(SHARE)/fish/vendor_completions.d/cordon.fish
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/cordon $(SHARE)/man/man1/cordon.1 $(SHARE)/bash-completion/completions/cordon \
	  $(SHARE)/zsh/site-functions/_cordon $(SHARE)/fish/vendor_completions.d/cordon.fish
	rm -f $(VIM_FILES:grammar/editors/vim/%=$(VIM)/%)
	rm -rf $(SHARE)/cordon

clean:
	find out -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
