# Sourced by the launch scripts: sets JAVA_HOME to a JDK 25 or later, or says exactly how to get one.
# Looks at POOLSCOPE_JAVA_HOME, JAVA_HOME, the java on the PATH, and where Linux and macOS keep JDKs.

jdk_major() {   # the major version of the JDK in $1, or nothing when there is no compiler in it
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  local candidate major on_path
  on_path=$(command -v java || true)
  [ -n "$on_path" ] && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${POOLSCOPE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
      "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$candidate" ] || continue
    major=$(jdk_major "$candidate")
    if [ -n "$major" ] && [ "$major" -ge 25 ]; then
      export JAVA_HOME="$candidate"
      return 0
    fi
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
