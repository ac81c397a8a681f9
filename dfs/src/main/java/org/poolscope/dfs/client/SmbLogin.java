package org.poolscope.dfs.client;

import com.hierynomus.smbj.auth.AuthenticationContext;
import java.util.Objects;

/** As whom servers are used: nobody, or a user with a password. Never prints the password. */
public final class SmbLogin {

    private final AuthenticationContext context;
    private final String name;

    private SmbLogin(AuthenticationContext context, String name) {
        this.context = context;
        this.name = name;
    }

    /** Nobody in particular: an anonymous session. */
    public static SmbLogin anonymous() {
        return new SmbLogin(AuthenticationContext.anonymous(), "anonymous");
    }

    /**
     * A user.
     *
     * @param name {@code USER}, {@code DOMAIN\USER} or {@code USER@DOMAIN}
     * @param password the password; copied
     */
    public static SmbLogin user(String name, char[] password) {
        Objects.requireNonNull(password, "password");
        int slash = name.indexOf('\\');
        int at = name.lastIndexOf('@');
        String domain = slash >= 0 ? name.substring(0, slash) : at > 0 ? name.substring(at + 1) : "";
        String user = slash >= 0 ? name.substring(slash + 1) : at > 0 ? name.substring(0, at) : name;
        if (user.isEmpty()) {
            throw new IllegalArgumentException("the user's name is empty in '" + name + "'");
        }
        return new SmbLogin(new AuthenticationContext(user, password, domain), name);
    }

    boolean isAnonymous() {
        return context.isAnonymous();
    }

    AuthenticationContext context() {
        return context;
    }

    @Override
    public String toString() {
        return name;
    }
}
