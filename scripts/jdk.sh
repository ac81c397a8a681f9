# Sourced by the launch scripts: sets JAVA_HOME to a JDK 25 or later, or says exactly how to get one.
# Looks at POOLSCOPE_JAVA_HOME, JAVA_HOME, the java on the PATH, and where Linux and macOS keep JDKs.

use_jdk() {   # takes the JDK in $1 if it is one, with a compiler, and new enough; runs no other program, as every start comes here
  local line major=
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while read -r line || [ -n "$line" ]; do
    case "$line" in
      'JAVA_VERSION="'*)
        major=${line#*'"'}
        major=${major%%[!0-9]*}
        ;;
    esac
  done < "$1/release"
  [ -n "$major" ] && [ "$major" -ge 25 ] || return 1
  export JAVA_HOME="$1"
}

find_jdk() {
  local candidate on_path
  for candidate in "${POOLSCOPE_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if use_jdk "$candidate"; then return 0; fi
  done
  on_path=$(command -v java || true)
  [ -n "$on_path" ] && on_path=$(readlink -f "$on_path")
  for candidate in "${on_path%/bin/java}" /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if use_jdk "$candidate"; then return 0; fi
  done
  cat >&2 <<'TEXT'
poolscope needs a JDK 25 or later and found none.
  Debian, Ubuntu:  apt-get install openjdk-25-jdk      (or temurin-25-jdk from Adoptium's packages)
  Fedora:          dnf install java-25-openjdk-devel
  macOS:           brew install openjdk@25
  any system:      unpack a JDK 25 and set POOLSCOPE_JAVA_HOME to its folder
TEXT
  return 3
}

find_maven() {
  command -v mvn > /dev/null && return 0
  cat >&2 <<'TEXT'
poolscope is built with Apache Maven (3.8 or later) and found no mvn.
  Debian, Ubuntu:  apt-get install maven
  Fedora:          dnf install maven
  macOS:           brew install maven
TEXT
  return 3
}

run_maven() {   # Maven's own libraries still use sun.misc.Unsafe, which newer JDKs warn of
  MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" mvn -B "$@"
}
