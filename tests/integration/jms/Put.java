// A JMS producer: Put FACTORY PORT queue|topic NAME kinds         one message of each kind
//                 Put FACTORY PORT queue|topic NAME FILE FROM TO  the lines FROM to TO - 1 of a file, each a text
//                 Put FACTORY PORT queue|topic NAME take N        the other side: takes N messages away
// The texts have the properties seq (the number of the line) and region (eu, us by turns).
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public class Put {
	static void kinds(Session s, MessageProducer p) throws Exception {
		TextMessage text = s.createTextMessage("{\"kind\":\"text\",\"who\":\"h\u00e9\"}");
		text.setStringProperty("region", "eu");
		text.setIntProperty("seq", 1);
		text.setLongProperty("big", 9007199254740993L);
		text.setDoubleProperty("px", 1.25);
		text.setBooleanProperty("ok", true);
		text.setStringProperty("JMSXGroupID", "g1");
		text.setJMSCorrelationID("corr-1");
		text.setJMSType("T");
		p.send(text);
		BytesMessage bytes = s.createBytesMessage();
		bytes.writeBytes("{\"kind\":\"bytes\"}".getBytes("UTF-8"));
		p.send(bytes);
		MapMessage map = s.createMapMessage();
		map.setString("kind", "map");
		map.setInt("qty", 7);
		map.setLong("big", 9007199254740993L);
		map.setDouble("px", 2.5);
		map.setFloat("fl", 0.1f);
		map.setBoolean("ok", false);
		map.setByte("by", (byte) -3);
		map.setShort("sh", (short) 300);
		map.setChar("ch", 'x');
		map.setBytes("raw", new byte[] {9, 8});
		map.setString("nil", null);
		p.send(map);
		StreamMessage stream = s.createStreamMessage();
		stream.writeInt(5);
		stream.writeString("five");
		p.send(stream);
		p.send(s.createObjectMessage(Integer.valueOf(42)));
		p.send(s.createMessage());
	}

	static void lines(Session s, MessageProducer p, String file, int from, int to) throws Exception {
		List<String> all = Files.readAllLines(Path.of(file));
		for (int i = from; i < to; i++) {
			TextMessage m = s.createTextMessage(all.get(i));
			m.setIntProperty("seq", i);
			m.setStringProperty("region", i % 2 == 0 ? "eu" : "us");
			p.send(m);
			if (i % 500 == 499)
				s.commit();
		}
		s.commit();
	}

	public static void main(String[] a) throws Exception {
		Object factory = Class.forName(a[0]).getConstructor(String.class).newInstance("tcp://127.0.0.1:" + a[1]);
		Connection c = ((ConnectionFactory) factory).createConnection();
		boolean kinds = a[4].equals("kinds"), take = a[4].equals("take");
		Session s = c.createSession(!kinds, kinds ? Session.AUTO_ACKNOWLEDGE : Session.SESSION_TRANSACTED);
		Destination d = a[2].equals("topic") ? s.createTopic(a[3]) : s.createQueue(a[3]);
		if (take) {
			MessageConsumer consumer = s.createConsumer(d);
			c.start();
			for (int i = 0; i < Integer.parseInt(a[5]); i++)
				if (consumer.receive(10000) == null)
					throw new Exception("there are only " + i);
			s.commit();
		} else if (kinds) {
			kinds(s, s.createProducer(d));
		} else {
			lines(s, s.createProducer(d), a[4], Integer.parseInt(a[5]), Integer.parseInt(a[6]));
		}
		c.close();
		System.exit(0);
	}
}
